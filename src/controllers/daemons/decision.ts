import type { Ids, Instant, Random } from '#base';
import type { ContainerInstance, Daemon, DaemonDeployment, Scope, Task } from '#model';

/** What one look at a daemon does. */
export interface DaemonDecision {
  /** Absent: its tasks are gone, and so is it. */
  readonly daemon?: Daemon;
  readonly deployment?: DaemonDeployment;
  /** Tasks that ended, of which note was taken. */
  readonly counted: readonly Task[];
  readonly stops: readonly Stop[];
  readonly starts: readonly Task[];
  /** Those that changed. */
  readonly instances: readonly ContainerInstance[];
  readonly wakeAt?: Instant;
}

export interface Stop {
  readonly task: Task;
  readonly reason: string;
}

/** What a decision is made with. */
export interface DaemonContext {
  readonly now: Instant;
  readonly random: Random;
  readonly ids: Ids;
  /** How long a task must have been RUNNING before it counts as one that runs. */
  readonly settleMs: number;
  /** The state of an alarm; `undefined` when there is none of that name. */
  alarm(scope: Scope, name: string): 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | undefined;
}
