import type { Clock, Ids, Logger } from '#base';
import type { TaskCgroups } from '../../host/cgroups.ts';
import type { EndLeftover } from '../../host/leftovers.ts';
import type { TaskNetwork } from '../../host/network.ts';
import type { HostPorts } from '../../host/ports.ts';
import type { TaskProxies } from '../../host/task-proxies.ts';
import type { ContainerRuntime } from '../../runtime/port.ts';
import type { BlockVolumes, FileSystems } from '../../storage/port.ts';
import type { PrepareDeps } from '../firelens/prepare.ts';
import type { Lanes } from '../lanes.ts';
import type { ImageStepDeps } from './image.ts';

export interface StepOptions {
  readonly containerInstanceArn: string;
  readonly cluster: string;
  readonly region: string;
  /** Between the stop signal and SIGKILL for a container that names no stopTimeout. */
  readonly stopTimeoutMs: number;
  /** How long the engine may take to make a container, and to start it. */
  readonly createTimeoutMs: number;
  readonly startTimeoutMs: number;
  /** The host's, as the engine names it: the namespace holder's image is made for it. */
  readonly architecture: string;
  /** In-task endpoints are served on this host. */
  readonly endpoints: boolean;
  /** Who answers for names to bridge and host tasks; absent: whoever the host asks. */
  readonly nameServers?: readonly string[];
  /** The engine can limit what a container writes. */
  readonly storageLimits?: boolean;
  /** Of this host, as records of log routers name it; absent outside of any cloud. */
  readonly instanceId?: string;
  /** The engine does not wait for log routers. */
  readonly routersAsync: boolean;
}

export interface StepDeps extends ImageStepDeps, PrepareDeps {
  readonly runtime: ContainerRuntime;
  readonly ports: HostPorts;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly startLanes: Lanes;
  readonly network?: TaskNetwork;
  readonly cgroups?: TaskCgroups;
  readonly fileSystems?: FileSystems;
  readonly blockVolumes?: BlockVolumes;
  readonly endLeftover?: EndLeftover;
  readonly proxies?: TaskProxies;
}
