import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { instantFromMs } from '#base';
import type { AccountId, DeploymentStateName, EcsEvent, Region, ServiceActionName } from '#model';
import { eventBridgeEvent, severity } from './detail/envelope.ts';

type EventType = 'INFO' | 'WARN' | 'ERROR';
type HookStateName = Extract<EcsEvent, { readonly detailType: 'ECS Hook State Change' }>['eventName'];

/** An event that ECS documents: the file that writes it, or the part of ECS that is not here. */
interface Documented {
  readonly eventType: EventType;
  readonly by?: string;
  readonly without?: string;
}

const info = (by: string): Documented => ({ eventType: 'INFO', by });
const error = (by: string): Documented => ({ eventType: 'ERROR', by });
const absent = (eventType: EventType, without: string): Documented => ({ eventType, without });

/** What may be told by now or not: the table does not say by whom. */
const rebalancing = ['TASKS_STARTED', 'STARTED', 'COMPLETED', 'STOPPED'].map((name) =>
  name.startsWith('TASKS') ? name : `SERVICE_REBALANCING_${name}`,
);

/** Source: "Amazon ECS service action events". */
const serviceActions: Readonly<Record<string, Documented>> = {
  SERVICE_STEADY_STATE: info('of-service.ts'),
  TASKSET_STEADY_STATE: info('of-task-set.ts'),
  CAPACITY_PROVIDER_STEADY_STATE: info('of-service.ts'),
  SERVICE_DESIRED_COUNT_UPDATED: info('of-service.ts'),
  TASKS_STOPPED: info('of-task.ts'),
  SERVICE_DEPLOYMENT_IN_PROGRESS: info('of-service.ts'),
  SERVICE_DEPLOYMENT_COMPLETED: info('of-service.ts'),
  TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION: info('of-service.ts'),
  SERVICE_TASK_START_IMPAIRED: { eventType: 'WARN', by: 'of-service.ts' },
  SERVICE_DISCOVERY_INSTANCE_UNHEALTHY: absent('WARN', 'service discovery'),
  VPC_LATTICE_TARGET_UNHEALTHY: absent('WARN', 'load balancers'),
  SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED: error('of-service.ts'),
  ECS_OPERATION_THROTTLED: absent('ERROR', 'rates of calls that the service scheduler makes itself'),
  SERVICE_DISCOVERY_OPERATION_THROTTLED: absent('ERROR', 'service discovery'),
  SERVICE_TASK_PLACEMENT_FAILURE: error('of-service.ts'),
  SERVICE_TASK_CONFIGURATION_FAILURE: absent('ERROR', 'roles that could not be assumed'),
  SERVICE_HEALTH_UNKNOWN: absent('ERROR', 'load balancers'),
  SERVICE_DEPLOYMENT_FAILED: error('of-service.ts'),
};

/** Source: "Amazon ECS service deployment state change events". */
const deploymentStates: Readonly<Record<DeploymentStateName, Documented>> = {
  SERVICE_DEPLOYMENT_IN_PROGRESS: info('of-service.ts'),
  SERVICE_DEPLOYMENT_COMPLETED: info('of-service.ts'),
  SERVICE_DEPLOYMENT_FAILED: error('of-service.ts'),
};

/** Source: "Amazon ECS lifecycle hook state change events". */
const hookStates: Readonly<Record<HookStateName | 'HOOK_IN_PROGRESS', Documented>> = {
  HOOK_IN_PROGRESS: absent('INFO', 'AWS_LAMBDA hooks'),
  HOOK_AWAITING_ACTION: info('of-service-deployment.ts'),
  HOOK_SUCCEEDED: info('of-service-deployment.ts'),
  HOOK_FAILED: error('of-service-deployment.ts'),
  HOOK_TIMED_OUT: error('of-service-deployment.ts'),
};

/** Source: "Amazon ECS events". */
const detailTypes: Readonly<Record<EcsEvent['detailType'], string>> = {
  'ECS Task State Change': 'of-task.ts',
  'ECS Container Instance State Change': 'of-instance.ts',
  'ECS Container Instance Health Change': 'of-instance.ts',
  'ECS Service Action': 'of-service.ts',
  'ECS Deployment State Change': 'of-service.ts',
  'ECS Hook State Change': 'of-service-deployment.ts',
  'ECS Daemon Service Action': 'of-daemon.ts',
  'ECS Daemon Deployment State Change': 'of-daemon.ts',
};

const sourceOf = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

/** Whether the file names it, by itself or as a beginning that a status completes. */
function writes(file: string, name: string): boolean {
  const text = sourceOf(file);
  const beginnings = name.split('_').map((_, index, words) => `\`${words.slice(0, index + 1).join('_')}_\${`);
  return text.includes(`'${name}'`) || beginnings.some((beginning) => text.includes(beginning));
}

const at = instantFromMs(1_800_000_000_000);
const scope = { accountId: '000000000000' as AccountId, region: 'us-east-1' as Region, id: 'id', time: at };
const typeOf = (facts: object): unknown => eventBridgeEvent({ ...scope, ...facts } as EcsEvent).detail['eventType'];

describe('every event that ECS documents', () => {
  it.each(Object.entries(serviceActions))('service action %s', (eventName, { eventType, by, without }) => {
    const told: string | undefined = severity[eventName as ServiceActionName];
    expect(told).toBe(without === undefined ? eventType : undefined);
    if (by === undefined) return;
    expect(writes(by, eventName)).toBe(true);
    expect(typeOf({ detailType: 'ECS Service Action', eventName })).toBe(eventType);
  });

  it('and no service action that it does not', () => {
    const known = [...Object.keys(serviceActions), ...rebalancing];
    expect(Object.keys(severity).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(Object.entries(deploymentStates))('deployment state %s', (eventName, { eventType, by = '' }) => {
    expect(writes(by, eventName)).toBe(true);
    expect(typeOf({ detailType: 'ECS Deployment State Change', eventName })).toBe(eventType);
  });

  it.each(Object.entries(hookStates))('hook state %s', (eventName, { eventType, by }) => {
    if (by === undefined) return;
    expect(writes(by, eventName)).toBe(true);
    const hook = { hookId: 'h', targetType: 'PAUSE', lifecycleStage: 'PRE_SCALE_UP', expiresAt: at, updatedAt: at };
    expect(typeOf({ detailType: 'ECS Hook State Change', eventName, hook })).toBe(eventType);
  });

  it.each(Object.entries(detailTypes))('%s', (detailType, by) => {
    expect(sourceOf(by)).toContain(`'${detailType}'`);
  });
});
