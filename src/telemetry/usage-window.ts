import { type Clock, elapsedMs, type Instant } from '#base';
import { usageLimits } from './limits.ts';
import { type ContainerUsage, mergedUsage, minuteOf, type TaskUsage } from './usage.ts';

interface Kept {
  latest: TaskUsage;
  /** Oldest first, one for each minute something came of. */
  minutes: TaskUsage[];
}

/**
 * What tasks use, as their agents tell it: the newest of each task and its last few minutes. It lives in memory alone
 * and is bounded: a restart of the control plane forgets it, and agents tell anew within half a minute.
 */
export class UsageWindow {
  readonly #tasks = new Map<string, Kept>();
  readonly #clock: Clock;
  readonly #mostTasks: number;
  #sweptAt: Instant;

  constructor(deps: { readonly clock: Clock }, limits: { readonly tasks: number } = usageLimits) {
    this.#clock = deps.clock;
    this.#mostTasks = limits.tasks;
    this.#sweptAt = deps.clock.now();
  }

  /** An agent told what a task used just now. Nothing is kept of a task too many. */
  record(taskArn: string, containers: ReadonlyMap<string, ContainerUsage>): void {
    const at = this.#clock.now();
    this.#sweep(at);
    const kept = this.#tasks.get(taskArn);
    const latest = { at, containers };
    if (kept === undefined) {
      if (this.#tasks.size < this.#mostTasks) this.#tasks.set(taskArn, { latest, minutes: withMinute([], latest) });
      return;
    }
    kept.latest = latest;
    kept.minutes = withMinute(kept.minutes, latest);
  }

  /** What was told of the task last; `undefined` when that was too long ago. */
  latest(taskArn: string): TaskUsage | undefined {
    const latest = this.#tasks.get(taskArn)?.latest;
    return latest === undefined || this.#isOld(latest, this.#clock.now()) ? undefined : latest;
  }

  /** The last minutes of the task, oldest first; the last of them may not be over. */
  minutes(taskArn: string): readonly TaskUsage[] {
    return this.#tasks.get(taskArn)?.minutes ?? [];
  }

  /** Tasks of which something is kept. */
  get size(): number {
    return this.#tasks.size;
  }

  #isOld({ at }: TaskUsage, now: Instant): boolean {
    return elapsedMs(at, now) > usageLimits.keptMs;
  }

  #sweep(now: Instant): void {
    if (elapsedMs(this.#sweptAt, now) < usageLimits.sweepMs) return;
    this.#sweptAt = now;
    for (const [taskArn, { latest }] of this.#tasks) if (this.#isOld(latest, now)) this.#tasks.delete(taskArn);
  }
}

function withMinute(minutes: readonly TaskUsage[], { at, containers }: TaskUsage): TaskUsage[] {
  const minute = minuteOf(at);
  const last = minutes.at(-1);
  if (last?.at !== minute) return [...minutes.slice(1 - usageLimits.minutes), { at: minute, containers }];
  const merged = new Map(last.containers);
  for (const [name, usage] of containers) {
    const before = merged.get(name);
    merged.set(name, before === undefined ? usage : mergedUsage(before, usage));
  }
  return [...minutes.slice(0, -1), { at: minute, containers: merged }];
}
