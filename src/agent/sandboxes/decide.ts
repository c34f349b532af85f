import { afterMs, earliest, elapsedMs, type Instant } from '#base';
import { memoryPart, type SandboxLimits, spareMiB } from './limits.ts';
import { following, type InterfaceNames } from './series.ts';

/** A start of a task that could have had a spare. */
export interface Start {
  readonly at: Instant;
  /** `missed`: there were spares for its subnet, and none for its address. */
  readonly found: 'spare' | 'none' | 'missed';
}

/** What is known of the tasks of one subnet. */
export interface Series {
  /** The interface that addresses are given from next. */
  readonly last: InterfaceNames;
  /** Oldest first. */
  readonly starts: readonly Start[];
}

export interface SandboxView {
  readonly now: Instant;
  readonly series: readonly Series[];
  /** By key; those still being made too. */
  readonly spares: ReadonlySet<string>;
  keyOf(eni: InterfaceNames): string;
  /** Whether a task of this host has the address. */
  isUsed(address: string): boolean;
}

export interface SandboxDecision {
  /** The interface to make a spare for now. */
  readonly make?: InterfaceNames;
  /** Keys of spares that nothing will ask for. */
  readonly remove: readonly string[];
  readonly wakeAt?: Instant;
}

/** Spares at most on a host of this memory. */
export function mostSpares(setting: number, memoryBytes: number): number {
  return Math.min(setting, Math.floor(memoryBytes / 1024 ** 2 / memoryPart / spareMiB));
}

/** How many spares a subnet is worth now. */
export function wantedSpares(starts: readonly Start[], now: Instant, limits: SandboxLimits): number {
  const remembered = starts.filter(({ at }) => ageMs(at, now) < limits.rememberMs);
  const tried = remembered
    .filter(({ at, found }, index) => {
      // What comes close behind another start was too late for spares of its own.
      const before = remembered[index - 1];
      return found !== 'none' && (before === undefined || elapsedMs(before.at, at) >= limits.quietMs);
    })
    .slice(-limits.missesOnEnd);
  if (tried.length === limits.missesOnEnd && tried.every(({ found }) => found === 'missed')) return 0;
  const newest = starts.at(-1);
  if (newest === undefined || ageMs(newest.at, now) >= limits.forgetMs) return 0;
  return Math.min(limits.max, Math.max(limits.least, largestBurst(remembered, limits.burstMs)));
}

/** What the spares should become: subnets with the newest starts first, the nearest addresses first. */
export function decideSandboxes(view: SandboxView, limits: SandboxLimits): SandboxDecision {
  const { now, spares } = view;
  const series = view.series
    .map((one) => ({ ...one, newest: one.starts.at(-1)?.at }))
    .toSorted((a, b) => (b.newest ?? 0) - (a.newest ?? 0));
  const quietUntil = earliest(
    ...series.flatMap(({ newest }) =>
      newest !== undefined && ageMs(newest, now) < limits.quietMs ? [afterMs(newest, limits.quietMs)] : [],
    ),
  );
  if (quietUntil !== undefined) return { remove: [], wakeAt: quietUntil };
  const wanted: { readonly key: string; readonly eni: InterfaceNames }[] = [];
  for (const { last, starts } of series) {
    const count = Math.min(wantedSpares(starts, now, limits), limits.max - wanted.length);
    for (const eni of following(last, count, (address) => view.isUsed(address)))
      wanted.push({ key: view.keyOf(eni), eni });
  }
  const keys = new Set(wanted.map(({ key }) => key));
  const remove = [...spares].filter((key) => !keys.has(key));
  const missing = wanted.find(({ key }) => !spares.has(key));
  const wakeAt = earliest(...series.flatMap(({ starts }) => turningPoints(starts, now, limits)));
  return {
    remove,
    // One that is to go makes room first.
    ...(missing === undefined || remove.length > 0 ? {} : { make: missing.eni }),
    ...(wakeAt === undefined ? {} : { wakeAt }),
  };
}

/** The most starts within `burstMs`. */
function largestBurst(starts: readonly Start[], burstMs: number): number {
  let first = 0;
  let largest = 0;
  starts.forEach(({ at }, index) => {
    while (elapsedMs(starts[first]?.at ?? at, at) >= burstMs) first++;
    largest = Math.max(largest, index - first + 1);
  });
  return largest;
}

/** When the answer may be another one although nothing has started. */
function turningPoints(starts: readonly Start[], now: Instant, limits: SandboxLimits): (Instant | undefined)[] {
  const oldest = starts.find(({ at }) => ageMs(at, now) < limits.rememberMs);
  const newest = starts.at(-1);
  const forgotten = newest === undefined ? undefined : afterMs(newest.at, limits.forgetMs);
  return [
    oldest === undefined ? undefined : afterMs(oldest.at, limits.rememberMs),
    forgotten !== undefined && forgotten > now ? forgotten : undefined,
  ];
}

/** A start that lies ahead, because the clock was set back, is as good as forgotten. */
function ageMs(at: Instant, now: Instant): number {
  const age = elapsedMs(at, now);
  return age < 0 ? Number.POSITIVE_INFINITY : age;
}
