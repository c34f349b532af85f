import { type Clock, elapsedMs, type Instant, msFromInstant } from '#base';
import { ConnectCounts } from './connect-counts.ts';
import { usageLimits } from './limits.ts';
import { addToSlot, newSlots, readSlot, slotTime, writeSlot } from './slots.ts';
import { type ContainerUsage, minuteOf, type TaskUsage, type VolumeUsage } from './usage.ts';

interface Kept {
  /** When its agent spoke last. */
  at: Instant;
  /** By name: what was told last in slot 0, the minutes in those behind it, in turn. */
  readonly containers: Map<string, Float64Array>;
  volumes?: readonly VolumeUsage[];
}

/**
 * What tasks use, as their agents tell it: the newest of each task and its last few minutes. It lives in memory alone
 * and is bounded: a restart of the control plane forgets it, and agents tell anew within half a minute.
 */
export class UsageWindow {
  /** What proxies of Service Connect counted. */
  readonly connect: ConnectCounts;
  readonly #tasks = new Map<string, Kept>();
  readonly #clock: Clock;
  readonly #mostTasks: number;
  #sweptAt: Instant;

  constructor(deps: { readonly clock: Clock }, limits: { readonly tasks: number } = usageLimits) {
    this.#clock = deps.clock;
    this.connect = new ConnectCounts(deps);
    this.#mostTasks = limits.tasks;
    this.#sweptAt = deps.clock.now();
  }

  /** An agent told what a task used just now. Nothing is kept of a task too many. */
  record(taskArn: string, containers: ReadonlyMap<string, ContainerUsage>, volumes: readonly VolumeUsage[] = []): void {
    const at = this.#clock.now();
    this.#sweep(at);
    const kept: Kept = this.#tasks.get(taskArn) ?? { at, containers: new Map<string, Float64Array>() };
    if (!this.#tasks.has(taskArn)) {
      if (this.#tasks.size >= this.#mostTasks) return;
      this.#tasks.set(taskArn, kept);
    }
    kept.at = at;
    if (volumes.length > 0) kept.volumes = volumes;
    const minute = minuteOf(at);
    for (const [name, usage] of containers) {
      const slots = kept.containers.get(name) ?? newSlots(1 + usageLimits.minutes);
      kept.containers.set(name, slots);
      writeSlot(slots, 0, at, usage);
      addToSlot(slots, slotOf(minute), minute, usage);
    }
  }

  /** What was told of the task last; `undefined` when that was too long ago. */
  latest(taskArn: string): TaskUsage | undefined {
    const kept = this.#tasks.get(taskArn);
    if (kept === undefined || this.#isOld(kept, this.#clock.now())) return undefined;
    return { ...usageAt(kept, 0, kept.at), ...(kept.volumes === undefined ? {} : { volumes: kept.volumes }) };
  }

  /** The last minutes of the task, oldest first; the last of them may not be over. */
  minutes(taskArn: string): readonly TaskUsage[] {
    const kept = this.#tasks.get(taskArn);
    if (kept === undefined) return [];
    const oldestMs = msFromInstant(minuteOf(kept.at)) - (usageLimits.minutes - 1) * 60_000;
    const found = new Set<Instant>();
    for (const slots of kept.containers.values()) {
      for (let slot = 1; slot <= usageLimits.minutes; slot++) found.add(slotTime(slots, slot));
    }
    const minutes = [...found].filter((minute) => msFromInstant(minute) >= oldestMs).sort((a, b) => a - b);
    return minutes.map((minute) => usageAt(kept, slotOf(minute), minute));
  }

  /** Tasks of which something is kept. */
  get size(): number {
    return this.#tasks.size;
  }

  #isOld({ at }: Kept, now: Instant): boolean {
    return elapsedMs(at, now) > usageLimits.keptMs;
  }

  #sweep(now: Instant): void {
    if (elapsedMs(this.#sweptAt, now) < usageLimits.sweepMs) return;
    this.#sweptAt = now;
    for (const [taskArn, kept] of this.#tasks) if (this.#isOld(kept, now)) this.#tasks.delete(taskArn);
  }
}

function slotOf(minute: Instant): number {
  return 1 + (Math.round(msFromInstant(minute) / 60_000) % usageLimits.minutes);
}

function usageAt({ containers }: Kept, slot: number, at: Instant): TaskUsage {
  const known = [...containers].flatMap(([name, slots]) => {
    const usage = readSlot(slots, slot, at);
    return usage === undefined ? [] : [[name, usage] as const];
  });
  return { at, containers: new Map(known) };
}
