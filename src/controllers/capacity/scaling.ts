import { afterMs, type Instant } from '#base';
import type { AutoScalingGroupProvider, ContainerInstanceArn } from '#model';
import { drainingMs, lowPointsBeforeScaleIn } from './limits.ts';
import { type Reservation, reservationOf, type Size, type WaitingGroup } from './reservation.ts';

/** One machine of a group, registered with the cluster. */
export interface GroupInstance extends Size {
  readonly arn: ContainerInstanceArn;
  readonly registeredAt: Instant;
  /** Has tasks, but for those of daemons. */
  readonly busy: boolean;
  readonly draining: boolean;
  readonly protectedFromScaleIn: boolean;
  /** Since when the group waits to end it; absent when it does not want to. */
  readonly endingSince?: Instant;
}

/** All that one look at a provider's group reads. */
export interface ScalingView {
  readonly provider: AutoScalingGroupProvider;
  readonly group: {
    readonly desiredCapacity: number;
    readonly minSize: number;
    readonly maxSize: number;
    /** Whether it launches and ends machines: else the answer is only told. */
    readonly launches: boolean;
  };
  readonly instances: readonly GroupInstance[];
  readonly waiting: readonly WaitingGroup[];
}

/** What is remembered from look to look; a fresh one only makes scaling slower. */
export interface ScalingMemory {
  /** Looks in a row that found the metric below its target. */
  readonly lowPoints: number;
  readonly scaledOutAt?: Instant;
}

export interface ScalingDecision {
  readonly reservation: Reservation;
  /** The number of instances the group should have. */
  readonly desiredCapacity: number;
  readonly memory: ScalingMemory;
  readonly protect: readonly ContainerInstanceArn[];
  /** May be ended from now on: no task is left there, and fewer are wanted. */
  readonly release: readonly ContainerInstanceArn[];
  readonly drain: readonly ContainerInstanceArn[];
  /** The group may end them: nothing is left to wait for. */
  readonly letGo: readonly ContainerInstanceArn[];
}

export const freshMemory: ScalingMemory = { lowPoints: 0 };

/** One look, once a minute. Pure: the same view, memory and time give the same decision. */
export function decideScaling(view: ScalingView, memory: ScalingMemory, now: Instant): ScalingDecision {
  const staying = view.instances.filter(({ endingSince }) => endingSince === undefined);
  const reservation = reservationOf(staying, view.waiting, view.provider.managedScaling);
  const next = capacityAfter(view, { reservation, staying: staying.length }, memory, now);
  return { reservation, ...next, ...protection(view, staying, next.desiredCapacity), ...ending(view, now) };
}

/**
 * Target tracking: at once, and in proportion, when too few are there; when too many, after fifteen looks, at most half
 * of them in one look. Source: "Amazon ECS managed scaling behaviour".
 */
function capacityAfter(
  view: ScalingView,
  found: { readonly reservation: Reservation; readonly staying: number },
  memory: ScalingMemory,
  now: Instant,
): Pick<ScalingDecision, 'desiredCapacity' | 'memory'> {
  const { targetCapacity } = view.provider.managedScaling;
  const { desiredCapacity, launches } = view.group;
  const { percent, needed } = found.reservation;
  const wanted = Math.ceil((needed * 100) / targetCapacity);
  const lowPoints = percent < targetCapacity ? memory.lowPoints + 1 : 0;
  const remembered = { ...memory, lowPoints };
  if (percent > targetCapacity) {
    if (!mayScaleOut(view, memory, now)) return { desiredCapacity, memory: remembered };
    const more = Math.max(desiredCapacity, bounded(view, wanted));
    const scaledOut = more > desiredCapacity && launches;
    return { desiredCapacity: more, memory: scaledOut ? { lowPoints, scaledOutAt: now } : remembered };
  }
  if (lowPoints < lowPointsBeforeScaleIn || wanted >= found.staying) return { desiredCapacity, memory: remembered };
  const least = found.staying - Math.max(1, Math.floor(found.staying / 2));
  return { desiredCapacity: Math.min(desiredCapacity, bounded(view, Math.max(wanted, least))), memory: remembered };
}

/** Not while machines are on their way or new: they are to be counted first. */
function mayScaleOut({ provider, group, instances }: ScalingView, memory: ScalingMemory, now: Instant): boolean {
  if (!group.launches) return true;
  const warmupMs = provider.managedScaling.instanceWarmupPeriod * 1000;
  const isOver = (since: Instant | undefined): boolean => since === undefined || afterMs(since, warmupMs) <= now;
  return isOver(memory.scaledOutAt) && instances.every(({ registeredAt }) => isOver(registeredAt));
}

function bounded({ group }: ScalingView, wanted: number): number {
  return Math.min(group.maxSize, Math.max(group.minSize, wanted));
}

/** With termination protection every instance is kept, but for as many empty ones as are too many. */
function protection(
  { provider }: ScalingView,
  staying: readonly GroupInstance[],
  desiredCapacity: number,
): Pick<ScalingDecision, 'protect' | 'release'> {
  if (provider.managedTerminationProtection === 'DISABLED') return { protect: [], release: [] };
  const surplus = Math.max(0, staying.length - desiredCapacity);
  const empty = staying.filter(({ busy }) => !busy).slice(0, surplus);
  const free = new Set(empty.map(({ arn }) => arn));
  return {
    protect: arnsOf(staying.filter((one) => !one.protectedFromScaleIn && !free.has(one.arn))),
    release: arnsOf(staying.filter((one) => one.protectedFromScaleIn && free.has(one.arn))),
  };
}

/** Machines that the group is to end: drained first with managed draining, let go once empty or after two days. */
function ending({ provider, instances }: ScalingView, now: Instant): Pick<ScalingDecision, 'drain' | 'letGo'> {
  const drains = provider.managedDraining === 'ENABLED';
  const isOver = ({ busy, endingSince }: GroupInstance): boolean =>
    !drains || !busy || (endingSince !== undefined && afterMs(endingSince, drainingMs) <= now);
  const toEnd = instances.filter(({ endingSince }) => endingSince !== undefined);
  return {
    drain: drains ? arnsOf(toEnd.filter(({ draining }) => !draining)) : [],
    letGo: arnsOf(toEnd.filter(isOver)),
  };
}

function arnsOf(instances: readonly GroupInstance[]): readonly ContainerInstanceArn[] {
  return instances.map(({ arn }) => arn);
}
