import type { Instant } from '#base';

/** The inputs and outputs of Roadstead's own service; the shapes are in `wire/shapes/roadstead.ts`. */
export interface RoadsteadOperations {
  readonly CreateAccount: { readonly input: { readonly name: string }; readonly output: CreateAccountOutput };
  readonly ListAccounts: {
    readonly input: NoInput;
    readonly output: { readonly accounts: readonly RoadsteadAccount[] };
  };
  readonly DescribeNetwork: { readonly input: NoInput; readonly output: DescribeNetworkOutput };
  readonly ListEvents: {
    readonly input: { readonly maxResults?: number; readonly nextToken?: string };
    readonly output: { readonly events: readonly RoadsteadEvent[]; readonly nextToken: string };
  };
  readonly InterruptSpot: { readonly input: InterruptSpotInput; readonly output: InterruptSpotOutput };
  readonly DescribeUsage: {
    readonly input: { readonly cluster?: string; readonly tasks?: readonly string[] };
    readonly output: { readonly tasks: readonly RoadsteadTaskUsage[] };
  };
  readonly DescribePlatform: { readonly input: NoInput; readonly output: DescribePlatformOutput };
}

export type RoadsteadOperation = keyof RoadsteadOperations;

/** The operations in the form of a client module, so that `InputOf` and `OutputOf` serve our own handlers too. */
export type RoadsteadModule = {
  readonly [Op in RoadsteadOperation as `${Op}Command`]: {
    readonly prototype: {
      readonly input: RoadsteadOperations[Op]['input'];
      resolveMiddleware(): () => Promise<{ readonly output: RoadsteadOperations[Op]['output'] }>;
    };
  };
};

export type NoInput = Readonly<Record<string, never>>;

export interface RoadsteadAccount {
  readonly accountId: string;
  readonly name: string;
  readonly createdAt: Instant;
}

/** An ECS event in EventBridge's envelope. `detail` is JSON. */
export interface RoadsteadEvent {
  readonly id: string;
  readonly detailType: string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: string;
}

/** What a task used: what its agent told last, and the last minutes of it, oldest first. */
export interface RoadsteadTaskUsage {
  readonly taskArn: string;
  readonly at: Instant;
  readonly containers: readonly RoadsteadContainerUsage[];
  /** Its managed EBS volumes, where it is known what they hold. */
  readonly volumes?: readonly RoadsteadVolumeUsage[];
  readonly minutes: readonly { readonly at: Instant; readonly containers: readonly RoadsteadContainerUsage[] }[];
}

export interface RoadsteadVolumeUsage {
  readonly name: string;
  readonly volumeId: string;
  readonly usedBytes: number;
  readonly sizeBytes: number;
}

/** What is not known is absent. Reads and writes are those of block devices, in each sample. */
export interface RoadsteadContainerUsage {
  readonly name: string;
  readonly cpuUnits?: RoadsteadStatistic;
  readonly memoryMiB?: RoadsteadStatistic;
  readonly rxBytesPerSecond?: RoadsteadStatistic;
  readonly txBytesPerSecond?: RoadsteadStatistic;
  readonly readBytes?: RoadsteadStatistic;
  readonly writeBytes?: RoadsteadStatistic;
  /** By the restart policy. */
  readonly restarts?: number;
}

export interface RoadsteadStatistic {
  readonly minimum: number;
  readonly maximum: number;
  readonly average: number;
  readonly sum: number;
  readonly sampleCount: number;
}

export interface CreateAccountOutput {
  readonly account: RoadsteadAccount;
  readonly accessKeyId: string;
  /** Said once; it is never answered again. */
  readonly secretAccessKey: string;
}

/** A task or a container instance: its ARN, or its id in the cluster (`default` when none is named). */
export interface InterruptSpotInput {
  readonly target: string;
  readonly cluster?: string;
}

/** What was interrupted: one of the two. */
export interface InterruptSpotOutput {
  readonly taskArn?: string;
  readonly containerInstanceArn?: string;
}

/** The account's default network. */
export interface DescribeNetworkOutput {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly subnets: readonly {
    readonly subnetId: string;
    readonly cidrBlock: string;
    readonly availabilityZone: string;
  }[];
  readonly securityGroups: readonly { readonly groupId: string; readonly groupName: string }[];
}

export interface DescribePlatformOutput {
  readonly version: string;
  readonly region: string;
  readonly startedAt: Instant;
  readonly hosts: readonly PlatformHost[];
  readonly counts: {
    readonly clusters: number;
    readonly services: number;
    readonly tasks: number;
    readonly hosts: number;
  };
}

/** A machine that runs tasks. `pool` is `fargate` for the platform's own. */
export interface PlatformHost {
  readonly arn: string;
  readonly instanceId: string;
  readonly pool?: string;
  readonly availabilityZone?: string;
  readonly status: string;
  readonly agentConnected: boolean;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly remainingCpuUnits: number;
  readonly remainingMemoryMiB: number;
  readonly runningTasks: number;
  readonly agentVersion?: string;
  readonly dockerVersion?: string;
}
