import type { Clock, Logger, Random } from '#base';
import type { RoleCredentials } from '#wire/link';
import type { TaskCgroups } from '../host/cgroups.ts';
import type { EndLeftover } from '../host/leftovers.ts';
import type { LogRouters } from '../host/log-routers.ts';
import type { TaskNetwork } from '../host/network.ts';
import type { HostPortsOptions, PortProbe } from '../host/ports.ts';
import type { SecretSource } from '../host/secrets.ts';
import type { TaskProxies } from '../host/task-proxies.ts';
import type { ContainerRuntime } from '../runtime/port.ts';
import type { StateStore } from '../state/store.ts';
import type { BlockVolumes, FileSystems } from '../storage/port.ts';
import type { ImageStoreOptions } from './images.ts';
import type { HostCapacity } from './ledger.ts';
import type { StepOptions } from './steps/options.ts';

export interface TaskEngineOptions extends StepOptions {
  readonly capacity: HostCapacity;
  readonly images: ImageStoreOptions;
  readonly portRange: HostPortsOptions;
  /** Containers started at the same time. */
  readonly startLanes: number;
  /** How long a stopped task's containers stay on disk once its end was reported. */
  readonly cleanupWaitMs: number;
  /** Namespace holders kept ready for tasks to come; at most so many. */
  readonly warmSandboxes: number;
}

export interface TaskEngineDeps {
  readonly runtime: ContainerRuntime;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly portProbe: PortProbe;
  readonly network?: TaskNetwork;
  readonly cgroups?: TaskCgroups;
  readonly fileSystems?: FileSystems;
  readonly blockVolumes?: BlockVolumes;
  readonly endLeftover?: EndLeftover;
  /** Absent: tasks have no Service Connect. */
  readonly proxies?: TaskProxies;
  readonly secrets?: SecretSource;
  readonly routers?: LogRouters;
  readonly executionCredentials?: (taskArn: string) => RoleCredentials | undefined;
  /** There is something new to report. `now` for a task's own status, `soon` for anything less. */
  readonly onReport: (taskArn: string, urgency: 'now' | 'soon') => void;
  readonly onHealth: () => void;
  /** A call found the engine not answering. */
  readonly onEngineLost: () => void;
}
