import type { Availability } from './network.ts';

/** The limits of a task as a whole. */
export interface TaskLimits {
  /** vCPU; absent: no quota, and the shares of its containers. */
  readonly cpu?: number;
  readonly memoryMiB?: number;
  /** The sum over the containers. */
  readonly cpuShares: number;
}

/** Control groups of tasks, as a port. */
export interface TaskCgroups {
  probe(): Promise<Availability>;
  /** Makes the group, or changes its limits. */
  create(taskId: string, limits: TaskLimits): Promise<void>;
  /** The engine's `CgroupParent` for the task's containers. */
  parentOf(taskId: string): string;
  /** Nothing happens when it is gone already. Throws Fault `Cgroup` while it still holds a process. */
  remove(taskId: string): Promise<void>;
  /** Removes every empty group of any task, and what held them. */
  removeAll(): Promise<void>;
  /** Removes what held the groups of tasks, unless another agent's are in it. */
  removeParent(): Promise<void>;
}

/** The period of a CPU quota, µs. */
export const cpuPeriodUs = 100_000;
