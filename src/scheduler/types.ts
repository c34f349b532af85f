import type { Instant } from '#base';
import type {
  ContainerInstanceArn,
  InstanceAttribute,
  LaunchType,
  PlacementConstraint,
  PlacementStrategy,
  RequiredAttribute,
  ReservedResources,
} from '#model';

/** A host as placement sees it: what it is, and what is left of it. Built by `hostView` from a record and its load. */
export interface HostView {
  readonly arn: ContainerInstanceArn;
  readonly ec2InstanceId: string;
  readonly status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  readonly agentConnected: boolean;
  readonly agentVersion: string;
  readonly registeredAt: Instant;
  readonly attributes: readonly InstanceAttribute[];
  readonly availabilityZone: string;
  /** Hosts registered as ECS Anywhere take only EXTERNAL tasks. */
  readonly external: boolean;
  /** The capacity provider whose group the instance is of. */
  readonly capacityProviderName?: string;
  /** Names of critical daemons that do not run there yet; absent for none. */
  readonly awaitsDaemons?: readonly string[];
  readonly freeCpuUnits: number;
  readonly freeMemoryMiB: number;
  /** In the order in which they are given. */
  readonly freeGpuIds: readonly string[];
  /** Interfaces for awsvpc tasks; infinitely many where there is no limit. */
  readonly freeInterfaces: number;
  readonly usedTcpPorts: ReadonlySet<number>;
  readonly usedUdpPorts: ReadonlySet<number>;
  readonly runningTasksCount: number;
  /** How many tasks of each group hold resources here. */
  readonly tasksByGroup: ReadonlyMap<string, number>;
}

/** What is to be placed: `count` equal tasks. */
export interface PlacementRequest {
  readonly count: number;
  readonly launchType: LaunchType;
  /** The provider on whose instances alone the tasks may run; those of Fargate have none of their own. */
  readonly capacityProvider?: string;
  readonly reserves: ReservedResources;
  readonly requiresAttributes: readonly RequiredAttribute[];
  /** The task definition's and the request's together. */
  readonly constraints: readonly PlacementConstraint[];
  /** Empty means random, or for a Fargate host the one with most room. */
  readonly strategies: readonly PlacementStrategy[];
  /** `family:…` or `service:…`: what spread and distinctInstance count. */
  readonly group: string;
  /** Interfaces of the instance that each task takes; absent for none. */
  readonly interfaces?: number;
  /** awsvpc: the zones of the given subnets; absent for other network modes. */
  readonly zones?: readonly string[];
  /** The only zone that is asked for; of Fargate's hosts, all of the same letter. */
  readonly inZone?: string;
}

/** Why a host was not chosen, as ECS names it, with what exactly was missing in our own words. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** E.g. `needs 512 CPU units, 128 are free`. */
  readonly detail: string;
}

export type RefusalReason =
  | 'RESOURCE:CPU'
  | 'RESOURCE:MEMORY'
  | 'RESOURCE:PORTS'
  | 'RESOURCE:PORTS_UDP'
  | 'RESOURCE:GPU'
  | 'RESOURCE:ENI'
  /** Not an instance of the provider asked for: never told, for it could not have taken the task. */
  | 'PROVIDER'
  | 'AGENT'
  | 'INACTIVE'
  | 'DRAINING'
  | 'ATTRIBUTE'
  | 'LOCATION'
  | 'MemberOf placement constraint unsatisfied'
  | 'DistinctInstance placement constraint unsatisfied';

export interface PlacementResult {
  /** One host per task that found room, in order. */
  readonly placed: readonly ContainerInstanceArn[];
  /** For each task placed, the GPUs of its host that are to be its own; empty when the tasks ask for none. */
  readonly gpuIds: readonly (readonly string[])[];
  /** When fewer than `count` were placed: why the next task fits none of the nearest hosts, nearest match first. */
  readonly refusals: readonly { readonly host: HostView; readonly refusal: Refusal }[];
  /** How many hosts refused in all; those of other providers are not among them. */
  readonly refusedHosts: number;
}
