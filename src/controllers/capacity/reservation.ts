import type { ManagedScaling } from '#model';

/** What instances offer and tasks take. */
export interface Size {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly gpuCount: number;
  /** Network interfaces for tasks; infinitely many where there is no limit. */
  readonly interfaces: number;
}

/** Waiting tasks that ask the same of an instance. */
export interface WaitingGroup extends Size {
  readonly count: number;
  /** Fixed host ports or `distinctInstance`: no two on one instance. */
  readonly alone: boolean;
}

/** The metric CapacityProviderReservation, and what it is made of. */
export interface Reservation {
  /** N: instances there are. */
  readonly instances: number;
  /** M: instances needed for the tasks that are there and those that wait. */
  readonly needed: number;
  /** M / N × 100; 100 for neither, 200 when none is there and some are needed. */
  readonly percent: number;
}

/**
 * CapacityProviderReservation. Without waiting tasks M counts the instances that have tasks; with them it is N and as
 * many more as the largest estimate of all groups says, within the steps. Source: "Amazon ECS cluster auto scaling" and
 * the design published with it.
 */
export function reservationOf(
  instances: readonly (Size & { readonly busy: boolean })[],
  groups: readonly WaitingGroup[],
  scaling: ManagedScaling,
): Reservation {
  const count = instances.length;
  const waiting = groups.filter((group) => group.count > 0);
  if (count === 0)
    return { instances: 0, needed: waiting.length === 0 ? 0 : 2, percent: waiting.length === 0 ? 100 : 200 };
  const estimate = estimateOf(instances, waiting);
  if (estimate > 0) {
    const { minimumScalingStepSize: least, maximumScalingStepSize: most } = scaling;
    const needed = count + Math.min(most, Math.max(least, estimate));
    return { instances: count, needed, percent: (needed / count) * 100 };
  }
  const busy = instances.filter((instance) => instance.busy).length;
  const percent = (busy / count) * 100;
  // Tasks that fit on no instance of the group move nothing: neither more instances nor fewer.
  if (waiting.length > 0) return { instances: count, needed: count, percent: scaling.targetCapacity };
  return { instances: count, needed: busy, percent };
}

/** How many more instances the largest of the groups needs; 0 when none fits on every instance there is. */
function estimateOf(instances: readonly Size[], groups: readonly WaitingGroup[]): number {
  const smallest = sizeBy(instances, Math.min);
  const largest = sizeBy(instances, Math.max);
  const estimates = groups
    .filter((group) => perInstance(group, smallest) > 0)
    .map((group) => Math.ceil(group.count / Math.min(group.alone ? 1 : group.count, perInstance(group, largest))));
  return Math.max(0, ...estimates);
}

function perInstance(task: Size, instance: Size): number {
  const fit = (has: number, takes: number): number =>
    takes === 0 ? Number.POSITIVE_INFINITY : Math.floor(has / takes);
  return Math.min(
    fit(instance.cpuUnits, task.cpuUnits),
    fit(instance.memoryMiB, task.memoryMiB),
    fit(instance.gpuCount, task.gpuCount),
    fit(instance.interfaces, task.interfaces),
  );
}

/** Each resource by itself, over all instances. */
function sizeBy(instances: readonly Size[], pick: (a: number, b: number) => number): Size {
  return instances.reduce((size, { cpuUnits, memoryMiB, gpuCount, interfaces }) => ({
    cpuUnits: pick(size.cpuUnits, cpuUnits),
    memoryMiB: pick(size.memoryMiB, memoryMiB),
    gpuCount: pick(size.gpuCount, gpuCount),
    interfaces: pick(size.interfaces, interfaces),
  }));
}
