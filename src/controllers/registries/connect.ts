import { afterMs, type Instant } from '#base';
import { longestHealthWaitMs } from '#mesh';
import {
  type ConnectEndpoint,
  type ContainerInstance,
  type DiscoveryInstance,
  type DiscoveryService,
  instanceAttributes,
  ownContainers,
  shortId,
  type Task,
  type TaskDefinition,
  taskClusterName,
  taskHealth,
} from '#model';
import { addressOf } from './decide.ts';

/** What the decision about a task's part in Service Connect reads. */
export interface ConnectView {
  /** Absent when only its instances are left. */
  readonly task: Task | undefined;
  /** What its revision answers for, with the Cloud Map services that are there. */
  readonly endpoints: readonly { readonly endpoint: ConnectEndpoint; readonly service: DiscoveryService }[];
  readonly definition: Pick<TaskDefinition, 'family' | 'containerDefinitions'> | undefined;
  /** Absent before the task has one. */
  readonly host: ContainerInstance | undefined;
  /** What is registered for the task in services that ECS made. */
  readonly registered: readonly DiscoveryInstance[];
}

export interface ConnectDecision {
  readonly put: readonly DiscoveryInstance[];
  readonly remove: readonly DiscoveryInstance[];
  /** When a task whose health is not known gets traffic all the same. */
  readonly wakeAt?: Instant;
}

/**
 * A task answers for its endpoints from when it runs and is healthy until it is to stop. Without health checks it is at
 * once; one whose checks say nothing yet is waited for, as long as they may take. Source: "Service Connect components",
 * health checks.
 */
export function decideConnect(view: ConnectView, now: Instant): ConnectDecision {
  const { task, endpoints, registered } = view;
  const serves = task?.desiredStatus === 'RUNNING' && task.lastStatus === 'RUNNING';
  if (task === undefined || !serves || endpoints.length === 0) return { put: [], remove: registered };
  const readyAt = readyAtOf(task, view.definition);
  if (readyAt === undefined) return { put: [], remove: registered };
  if (readyAt > now) return { put: [], remove: registered, wakeAt: readyAt };
  const put: DiscoveryInstance[] = [];
  const kept = new Set<DiscoveryInstance>();
  for (const { endpoint, service } of endpoints) {
    const attributes = attributesOf(task, endpoint, view);
    if (attributes === undefined) continue;
    const known = registered.find(({ serviceId }) => serviceId === service.serviceId);
    if (known !== undefined) kept.add(known);
    if (known !== undefined && sameMap(known.attributes, attributes)) continue;
    const { accountId, region, taskArn } = task;
    const { serviceId } = service;
    put.push({
      accountId,
      region,
      serviceId,
      instanceId: shortId(taskArn),
      attributes,
      taskArn,
      createdAt: known?.createdAt ?? now,
    });
  }
  return { put, remove: registered.filter((instance) => !kept.has(instance)) };
}

/** From when the task may have traffic; `undefined` while it is unhealthy. */
function readyAtOf(task: Task, definition: ConnectView['definition']): Instant | undefined {
  const own = ownContainers(task);
  const startedAt = task.startedAt ?? task.createdAt;
  if (!own.some(({ essential, healthCheck }) => essential && healthCheck)) return startedAt;
  const health = taskHealth(own);
  if (health === 'HEALTHY') return startedAt;
  return health === 'UNHEALTHY' ? undefined : afterMs(startedAt, healthWaitMs(definition));
}

/** As long as the checks of a container may take to say that it is unhealthy; seconds in definitions, with Docker's defaults. */
function healthWaitMs(definition: ConnectView['definition']): number {
  const waits = (definition?.containerDefinitions ?? []).map(({ essential = true, healthCheck }) => {
    if (!essential || healthCheck === undefined) return 0;
    const { startPeriod = 0, interval = 30, timeout = 5, retries = 3 } = healthCheck;
    return (startPeriod + (interval + timeout) * retries) * 1000;
  });
  return Math.min(longestHealthWaitMs, Math.max(0, ...waits));
}

function attributesOf(
  task: Task,
  endpoint: ConnectEndpoint,
  { definition, host }: ConnectView,
): Readonly<Record<string, string>> | undefined {
  const { address, port } = placeOf(task, endpoint, host);
  if (address === undefined || port === undefined) return undefined;
  const family = definition?.family ?? '';
  return {
    [instanceAttributes.ipv4]: address,
    [instanceAttributes.port]: String(port),
    ...(task.availabilityZone === undefined ? {} : { AVAILABILITY_ZONE: task.availabilityZone }),
    REGION: task.region,
    ...(task.serviceArn === undefined ? {} : { ECS_SERVICE_NAME: shortId(task.serviceArn) }),
    ECS_CLUSTER_NAME: taskClusterName(task),
    ECS_TASK_DEFINITION_FAMILY: family,
  };
}

/** Where its proxy is called: at the task's own address, or by the port that its container has on the host. */
function placeOf(
  task: Task,
  { listenerPort, bridge }: ConnectEndpoint,
  host: ContainerInstance | undefined,
): { readonly address: string | undefined; readonly port: number | undefined } {
  if (bridge === undefined) return { address: task.attachment?.privateIpv4Address, port: listenerPort };
  const proxy = task.containers.find(({ name }) => name === task.serviceConnect?.containerName);
  const binding = proxy?.networkBindings.find(({ containerPort }) => containerPort === listenerPort);
  return { address: addressOf(host), port: binding?.hostPort };
}

function sameMap(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
