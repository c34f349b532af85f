import type { Clock, Logger, Random } from '#base';
import type { ReadClockDrift } from './endpoints/clock-drift.ts';
import type { FaultCommands } from './endpoints/faults/commands.ts';
import type { EndpointHost } from './endpoints/port.ts';
import type { ReadInterfaces } from './endpoints/stats.ts';
import type { TaskApi } from './endpoints/task-api.ts';
import type { ConnectSession } from './exec/sessions.ts';
import type { TaskCgroups } from './host/cgroups.ts';
import type { FindGpus } from './host/gpus.ts';
import type { EndLeftover } from './host/leftovers.ts';
import type { LogRouters } from './host/log-routers.ts';
import type { TaskNetwork } from './host/network.ts';
import type { HostPortsOptions, PortProbe } from './host/ports.ts';
import type { SecretSource } from './host/secrets.ts';
import type { TaskProxies } from './host/task-proxies.ts';
import type { HostPart } from './host-state/part.ts';
import type { HostStateStore } from './host-state/store.ts';
import type { Attribute, Connect, ControlPlaneApi } from './link/control-plane.ts';
import type { ContainerRuntime, EngineInfo, PullOptions } from './runtime/port.ts';
import type { StateStore } from './state/store.ts';
import type { BlockVolumes, FileSystems } from './storage/port.ts';
import type { ImageCleanUp } from './task/image-clean-up.ts';
import type { PullBehaviour } from './task/images.ts';

export interface AgentOptions {
  /** Name or ARN, sent as it is. */
  readonly cluster: string;
  readonly region: string;
  readonly agentVersion: string;
  /** Instead of what the engine says of the host. */
  readonly cpuUnits?: number;
  readonly memoryMiB?: number;
  /** Kept back from what is offered to tasks. */
  readonly reservedMemoryMiB: number;
  readonly reservedTcpPorts: readonly number[];
  readonly reservedUdpPorts: readonly number[];
  readonly portRange: HostPortsOptions;
  /** The user's own, sent at the first registration. */
  readonly attributes: readonly Attribute[];
  /** The host belongs to the platform's own pool. */
  readonly pool?: 'fargate';
  /** A host outside of any cloud, as ECS Anywhere has them: no task interfaces. */
  readonly external: boolean;
  /** Absent: all that need no credentials. */
  readonly logDrivers?: readonly string[];
  readonly pullBehaviour: PullBehaviour;
  /** Absent: images that were pulled stay. */
  readonly imageCleanUp?: ImageCleanUp;
  readonly stopTimeoutMs: number;
  /** How long the engine may take to make a container, and to start it; ECS's by default. */
  readonly createTimeoutMs?: number;
  readonly startTimeoutMs?: number;
  readonly cleanupWaitMs: number;
  readonly startLanes?: number;
  /** How often it is read what a container uses, ms; absent: never. */
  readonly usagePollMs?: number;
  /** Namespace holders kept ready for awsvpc tasks, at most; absent or 0: none. */
  readonly warmSandboxes?: number;
  /** Whether tasks may have roles, and those in the host's network too; by default they may. */
  readonly taskRoles?: boolean;
  readonly hostNetworkRoles?: boolean;
  /** Whether the engine does not wait for log routers; by default it does not. */
  readonly routersAsync?: boolean;
}

export interface AgentDeps {
  readonly runtime: ContainerRuntime;
  readonly state: StateStore;
  readonly api: ControlPlaneApi;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly portProbe: PortProbe;
  readonly network?: TaskNetwork;
  /** Made once it is known which kind of control groups the engine uses. */
  readonly cgroups?: (info: EngineInfo) => TaskCgroups | undefined;
  /** Absent: GPUs are not offered. */
  readonly findGpus?: FindGpus;
  /** The host's `/proc/self/mountinfo`. Absent: the storage of containers has no limit. */
  readonly readMounts?: () => Promise<string>;
  readonly endpoints?: EndpointDeps;
  /** What this host may be beside its tasks, and where the control plane's word on it is kept; absent: nothing. */
  readonly hostState?: { readonly store: HostStateStore; readonly parts: readonly HostPart[] };
  /** Absent: no EFS volumes. */
  readonly fileSystems?: FileSystems;
  /** Absent: no managed EBS volumes. */
  readonly blockVolumes?: BlockVolumes;
  /** Absent: what a killed engine leaves of a container stays. */
  readonly endLeftover?: EndLeftover;
  readonly secrets?: SecretSource;
  /** Absent: tasks have no log routers. */
  readonly routers?: LogRouters;
  /** Of the host part `mesh`. Absent: tasks have no Service Connect. */
  readonly proxies?: TaskProxies;
  /** Absent: no commands are run in containers from outside. */
  readonly connectSession?: ConnectSession;
  readonly registryCredentials?: (registry: string) => PullOptions['credentials'];
}

/** What in-task endpoints need. */
export interface EndpointDeps {
  readonly host: EndpointHost;
  readonly api: TaskApi;
  readonly faults: FaultCommands;
  readonly readInterfaces: ReadInterfaces;
  readonly readClockDrift: ReadClockDrift;
}
