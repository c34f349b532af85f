import type { Ids, Instant } from '#base';
import type { Scope, ServiceArn, TaskSetArn } from './arn.ts';
import type { AwsvpcConfiguration } from './network/index.ts';
import type { Tag } from './tags.ts';

/** AWS CodeDeploy's records, as far as services of ECS need them. */

export interface CodeDeployApplication extends Scope {
  readonly applicationId: string;
  readonly applicationName: string;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
}

/** How traffic moves: all of it, a part and later the rest, or part by part. `percentage` is of all traffic. */
export type CodeDeployRouting =
  | { readonly type: 'AllAtOnce' }
  | {
      readonly type: 'TimeBasedCanary' | 'TimeBasedLinear';
      readonly percentage: number;
      readonly intervalMinutes: number;
    };

/** A deployment configuration that somebody made; those that AWS predefines are not stored. */
export interface CodeDeployConfig extends Scope {
  readonly deploymentConfigId: string;
  readonly deploymentConfigName: string;
  readonly routing: CodeDeployRouting;
  readonly createdAt: Instant;
}

/** What a deployment does beside moving tasks and traffic; a deployment holds a copy of its group's. */
export interface CodeDeployConduct {
  readonly deploymentConfigName: string;
  /** Traffic is rerouted when somebody says so, and not later than this after the replacement stands. Absent: at once. */
  readonly readyWaitMinutes?: number;
  /** How long the tasks before stay after all traffic has left them. */
  readonly terminationWaitMinutes: number;
  readonly autoRollback?: CodeDeployAutoRollback;
  readonly alarms?: CodeDeployAlarms;
  readonly balancing: CodeDeployBalancing;
}

export interface CodeDeployAutoRollback {
  readonly enabled: boolean;
  readonly events: readonly CodeDeployRollbackEvent[];
}

export type CodeDeployRollbackEvent = 'DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_ALARM' | 'DEPLOYMENT_STOP_ON_REQUEST';

export interface CodeDeployAlarms {
  readonly enabled: boolean;
  readonly ignorePollAlarmFailure: boolean;
  readonly names: readonly string[];
}

/** The two target groups that task sets take turns with, by name, and the listeners whose traffic moves. */
export interface CodeDeployBalancing {
  readonly targetGroupNames: readonly [string, string];
  readonly prodListenerArns: readonly string[];
  readonly testListenerArns: readonly string[];
}

export interface CodeDeployGroup extends Scope, CodeDeployConduct {
  readonly deploymentGroupId: string;
  readonly deploymentGroupName: string;
  readonly applicationId: string;
  readonly serviceRoleArn: string;
  /** Echoed; it is about instances. */
  readonly outdatedInstancesStrategy: 'UPDATE' | 'IGNORE';
  readonly clusterName: string;
  readonly serviceName: string;
  readonly serviceArn: ServiceArn;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
}

/** The text of an AppSpec, and its SHA-256 as hexadecimal text. */
export interface CodeDeployRevisionText {
  readonly type: 'AppSpecContent' | 'String';
  readonly content: string;
  readonly sha256: string;
}

/** A revision that an application knows. */
export interface CodeDeployRevision extends Scope, CodeDeployRevisionText {
  readonly applicationId: string;
  readonly description?: string;
  readonly registeredAt: Instant;
  readonly firstUsedAt?: Instant;
  readonly lastUsedAt?: Instant;
}

/** What an AppSpec says of the replacement; what it does not say is as the service has it. */
export interface CodeDeployAppSpec {
  /** As it is written: an ARN, or `family:revision`. */
  readonly taskDefinition: string;
  readonly containerName: string;
  readonly containerPort: number;
  readonly platformVersion?: string;
  readonly networkConfiguration?: AwsvpcConfiguration;
}

/** Ready: the replacement stands, and traffic waits for a word. */
export type CodeDeployStatus = 'Created' | 'InProgress' | 'Ready' | 'Succeeded' | 'Failed' | 'Stopped';

/**
 * Where a deployment is. INSTALL: the replacement comes up. TEST_TRAFFIC: the test listener goes to it. READY_WAIT:
 * somebody has to say yes. TRAFFIC: step by step production goes to it. TERMINATION_WAIT: the tasks before stay for a
 * while. TERMINATE: they go. Of a rollback, REROUTE: traffic goes back. REMOVE: the replacement goes.
 */
export type CodeDeployPhase =
  | 'INSTALL'
  | 'TEST_TRAFFIC'
  | 'READY_WAIT'
  | 'TRAFFIC'
  | 'TERMINATION_WAIT'
  | 'TERMINATE'
  | 'REROUTE'
  | 'REMOVE';

export interface CodeDeployLifecycleEvent {
  readonly name: string;
  readonly status: 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped';
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  readonly message?: string;
}

export interface CodeDeployDeployment extends Scope, CodeDeployConduct {
  readonly deploymentId: string;
  readonly deploymentGroupId: string;
  readonly applicationId: string;
  /** As they were called at the time. */
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly clusterName: string;
  readonly serviceName: string;
  readonly serviceArn: ServiceArn;
  readonly creator: 'user' | 'codeDeployRollback';
  readonly description?: string;
  readonly revision: CodeDeployRevisionText;
  /** That of the last deployment of the group that succeeded. */
  readonly previousRevision?: CodeDeployRevisionText;
  readonly appSpec: CodeDeployAppSpec;
  readonly routing: CodeDeployRouting;
  readonly alarmsOverridden?: true;
  readonly status: CodeDeployStatus;
  readonly createdAt: Instant;
  readonly startedAt?: Instant;
  readonly completedAt?: Instant;
  readonly updatedAt: Instant;
  readonly phase: CodeDeployPhase;
  readonly phaseAt: Instant;
  /** Of the routing's steps, the one that traffic is at; and since when it is there. */
  readonly step: number;
  readonly shiftedAt?: Instant;
  /** Percent of production that the replacement is to have. */
  readonly weight: number;
  /** The task set before. */
  readonly blueArn?: TaskSetArn;
  /** The replacement. */
  readonly greenArn?: TaskSetArn;
  readonly events: readonly CodeDeployLifecycleEvent[];
  /** When users said yes: to reroute traffic, to let the tasks before go. */
  readonly continuedAt?: { readonly ready?: Instant; readonly termination?: Instant };
  readonly stopRequested?: { readonly at: Instant; readonly rollback: boolean };
  readonly error?: { readonly code: string; readonly message: string };
  readonly rollbackDeploymentId?: string;
  /** Of a rollback: the deployment that it undoes. */
  readonly rollbackOf?: string;
}

export function codeDeployArn(
  { region, accountId }: Scope,
  type: 'application' | 'deploymentgroup' | 'deploymentconfig',
  name: string,
): string {
  return `arn:aws:codedeploy:${region}:${accountId}:${type}:${name}`;
}

/** `d-` and nine capital letters and digits. */
export function newCodeDeployId(ids: Pick<Ids, 'from'>): string {
  return `d-${ids.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 9)}`;
}

export function isCodeDeployId(text: string): boolean {
  return /^d-[A-Z0-9]{9}$/.test(text);
}

export function isCodeDeployOver({ status }: Pick<CodeDeployDeployment, 'status'>): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Stopped';
}

/** Percent of production that the replacement has after each step; the last is all. */
export function routingSteps(routing: CodeDeployRouting): readonly number[] {
  if (routing.type === 'AllAtOnce') return [100];
  if (routing.type === 'TimeBasedCanary') return [routing.percentage, 100];
  const steps = Math.ceil(100 / routing.percentage);
  return Array.from({ length: steps }, (_, index) => Math.min(100, routing.percentage * (index + 1)));
}

/** The events of a deployment's target, in their order. Source: "AppSpec 'hooks' section for an Amazon ECS deployment". */
export function lifecycleEventNames({ testListenerArns }: CodeDeployBalancing): readonly string[] {
  const test = testListenerArns.length === 0 ? [] : ['AllowTestTraffic', 'AfterAllowTestTraffic'];
  return [
    'BeforeInstall',
    'Install',
    'AfterInstall',
    ...test,
    'BeforeAllowTraffic',
    'AllowTraffic',
    'AfterAllowTraffic',
  ];
}

const canary = (percentage: number, intervalMinutes: number): CodeDeployRouting => ({
  type: 'TimeBasedCanary',
  percentage,
  intervalMinutes,
});
const linear = (percentage: number, intervalMinutes: number): CodeDeployRouting => ({
  type: 'TimeBasedLinear',
  percentage,
  intervalMinutes,
});

/** The configurations of ECS that every account has. Source: "Predefined deployment configurations for an Amazon ECS compute platform". */
export const predefinedCodeDeployConfigs: ReadonlyMap<string, CodeDeployRouting> = new Map([
  ['CodeDeployDefault.ECSAllAtOnce', { type: 'AllAtOnce' }],
  ['CodeDeployDefault.ECSLinear10PercentEvery1Minutes', linear(10, 1)],
  ['CodeDeployDefault.ECSLinear10PercentEvery3Minutes', linear(10, 3)],
  ['CodeDeployDefault.ECSCanary10Percent5Minutes', canary(10, 5)],
  ['CodeDeployDefault.ECSCanary10Percent15Minutes', canary(10, 15)],
]);
