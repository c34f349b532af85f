import type { Instant } from '#base';
import type { ClusterArn, ContainerInstanceArn, Scope } from './arn.ts';
import type { Tag } from './tags.ts';

/** ACTIVE <-> DRAINING, then INACTIVE when deregistered. Only an ACTIVE, connected instance receives tasks. */
export type ContainerInstanceStatus = 'ACTIVE' | 'DRAINING' | 'INACTIVE';

export interface InstanceAttribute {
  readonly name: string;
  readonly value?: string;
}

/** What a host offered when it registered. */
export interface InstanceResources {
  /** 1024 per core. */
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  /** TCP ports never handed to a task. */
  readonly reservedTcpPorts: readonly number[];
  readonly reservedUdpPorts: readonly number[];
  readonly gpuIds: readonly string[];
}

/**
 * A registered host. Hosts of the Fargate pool are container instances of the platform account (`pool: 'fargate'`):
 * no user sees them, and tasks of every account may be placed there.
 */
export interface ContainerInstance extends Scope {
  readonly containerInstanceArn: ContainerInstanceArn;
  readonly clusterArn: ClusterArn;
  /** `i-…`, or `mi-…` for an external host. */
  readonly ec2InstanceId: string;
  readonly pool?: 'fargate';
  /** The provider of its cluster whose Auto Scaling group the machine is of. */
  readonly capacityProviderName?: string;
  readonly status: ContainerInstanceStatus;
  readonly statusReason?: string;
  readonly resources: InstanceResources;
  readonly attributes: readonly InstanceAttribute[];
  readonly versionInfo: {
    readonly agentVersion?: string;
    readonly agentHash?: string;
    readonly dockerVersion?: string;
  };
  readonly registeredAt: Instant;
  /** The idempotency key of the registration that made this record. */
  readonly clientToken?: string;
  readonly tags: readonly Tag[];

  /** True while the agent's control channel is open (or closed only just now). Written by dispatch alone. */
  readonly agentConnected: boolean;
  readonly agentConnectedAt?: Instant;
  readonly agentDisconnectedAt?: Instant;
  /** Its channel is open, but it has given no sign of life since. Written by dispatch alone. */
  readonly silentSince?: Instant;
  /** What the agent says of its container runtime. Written by dispatch alone. */
  readonly runtimeHealth?: InstanceHealth;

  /**
   * Names of the critical daemons of which no task runs there: until then it takes no other tasks. Absent for none.
   */
  readonly awaitsDaemons?: readonly string[];

  /** Set when the agent has been away for so long that its tasks are replaced elsewhere; cleared when it returns. */
  readonly lostAt?: Instant;

  /** +1 with each change that would emit an event. */
  readonly version: number;
  readonly inactiveAt?: Instant;
}

export interface InstanceHealth {
  readonly status: 'OK' | 'IMPAIRED' | 'INSUFFICIENT_DATA' | 'INITIALIZING';
  readonly lastUpdated: Instant;
  readonly lastStatusChange: Instant;
}

/** The `agentHash` of Roadstead's own agent, whose versions are Roadstead's. An agent of anybody else has another. */
export const roadsteadAgentHash = '00000000';

/** The value of an attribute; `undefined` when the instance does not have it, `''` when it has no value. */
export function attributeValue(instance: Pick<ContainerInstance, 'attributes'>, name: string): string | undefined {
  const attribute = instance.attributes.find((candidate) => candidate.name === name);
  return attribute === undefined ? undefined : (attribute.value ?? '');
}

/** The attribute of a machine that belongs to an Auto Scaling group: its value is the group's name. */
export const groupAttribute = 'roadstead.auto-scaling-group';

/** The name of the Auto Scaling group a machine says it is of. Machines of the platform and external ones have none. */
export function autoScalingGroupOf(instance: Pick<ContainerInstance, 'attributes' | 'pool'>): string | undefined {
  if (instance.pool !== undefined) return undefined;
  const name = attributeValue(instance, groupAttribute);
  if (name === undefined || name === '') return undefined;
  return attributeValue(instance, 'ecs.capability.external') === undefined ? name : undefined;
}

/**
 * The GPUs that no task has, in the order they were registered. Tasks of which it is not known which they have count
 * all the same.
 */
export function freeGpuIds(
  { gpuIds }: Pick<InstanceResources, 'gpuIds'>,
  taken: { readonly gpuCount: number; readonly gpuIds: ReadonlyMap<string, number> },
): readonly string[] {
  if (taken.gpuCount === 0) return gpuIds;
  const left = Math.max(0, gpuIds.length - taken.gpuCount);
  return gpuIds.filter((id) => !taken.gpuIds.has(id)).slice(0, left);
}

/** Whether the host may take new tasks at all, those of daemons that it awaits among them. */
export function acceptsDaemons(instance: Pick<ContainerInstance, 'status' | 'agentConnected' | 'lostAt'>): boolean {
  return instance.status === 'ACTIVE' && instance.agentConnected && instance.lostAt === undefined;
}

/** Whether the host may take new tasks of any kind. */
export function acceptsTasks(
  instance: Pick<ContainerInstance, 'status' | 'agentConnected' | 'lostAt' | 'awaitsDaemons'>,
): boolean {
  return acceptsDaemons(instance) && instance.awaitsDaemons === undefined;
}

/** Whether nothing is known of what happens on the host now: its agent is away, or gives no sign of life. */
export function isAway({
  agentConnected,
  silentSince,
}: Pick<ContainerInstance, 'agentConnected' | 'silentSince'>): boolean {
  return !agentConnected || silentSince !== undefined;
}

/** Whether its agent announced that it can carry load balancers' nodes. */
export function carriesBalancers(instance: Pick<ContainerInstance, 'attributes' | 'status'>): boolean {
  return instance.status !== 'INACTIVE' && attributeValue(instance, 'roadstead.capability.balancing') !== undefined;
}
