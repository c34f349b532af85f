/**
 * The arithmetic of a service's tasks: how many each deployment may start and stop now, in numbers alone.
 *
 * `lower` = ceil(desired × minimumHealthyPercent / 100) healthy tasks are kept, of whatever deployment; `upper` =
 * floor(desired × maximumPercent / 100) bounds RUNNING and pending tasks together. A stopping task is no longer
 * RUNNING, so room is free at once. Source: "Amazon ECS deployment types", rolling update, and
 * DeploymentConfiguration in the API reference.
 */

/** Tasks of one deployment by class; see DeploymentTally. */
export interface Counts {
  readonly healthy: number;
  readonly starting: number;
  readonly unhealthy: number;
  readonly draining: number;
}

/** Tasks that must not be stopped, by class: they are among the others. Unhealthy ones are never held. */
export type Held = Pick<Counts, 'healthy' | 'starting' | 'draining'>;

export interface PrimaryCounts extends Counts {
  readonly held: Held;
  /** Tasks asked for so far. */
  readonly asked: number;
  /** False once the deployment was given up: it starts nothing more. */
  readonly launches: boolean;
  /** In back-off: it starts nothing just now. */
  readonly waits: boolean;
  /** The last tasks found no host. */
  readonly unplaced: boolean;
}

export interface OlderCounts extends Counts {
  readonly held: Held;
  /** Tasks it is still to keep. */
  readonly asked: number;
  /** Known to work: its tasks are replaced while the service needs them. */
  readonly completed: boolean;
  readonly waits: boolean;
}

export interface RolloutInput {
  readonly desired: number;
  readonly lower: number;
  readonly upper: number;
  readonly primary: PrimaryCounts;
  /** Oldest first. */
  readonly older: readonly OlderCounts[];
  /** The newest has early success: older tasks go as far as the minimum allows, and none of them is replaced. */
  readonly cleanUp?: boolean;
  /** Older tasks do not count towards the maximum, neither while they are there nor as they go. */
  readonly olderApart?: boolean;
}

/** What one deployment does now, and what it is to have asked for afterwards. */
export interface Share {
  readonly start: number;
  readonly stop: Counts;
  readonly asked: number;
  /** Tasks that should have stopped, too, and are held. */
  readonly held: number;
}

export interface RolloutPlan {
  readonly primary: Share;
  /** In the order of the input. */
  readonly older: readonly Share[];
  /** The percentages allow neither a start nor a stop, and nothing is under way that would change it. */
  readonly stuck: boolean;
}

/** The bounds for a service. The lower one never exceeds what is wanted. */
export function rolloutBounds(
  desired: number,
  configuration: { readonly minimumHealthyPercent: number; readonly maximumPercent: number },
): { readonly lower: number; readonly upper: number } {
  return {
    lower: Math.min(desired, Math.ceil((desired * configuration.minimumHealthyPercent) / 100)),
    upper: Math.floor((desired * configuration.maximumPercent) / 100),
  };
}

export function planRollout(input: RolloutInput): RolloutPlan {
  const { desired, lower, upper, primary, older } = input;
  const everyone = [primary, ...older];
  const counted = input.olderApart === true ? [primary] : everyone;
  const total = sum(counted, present);
  const healthyTotal = sum(everyone, ({ healthy, draining }) => healthy + draining);
  /** Healthy tasks above the minimum; every stop of one takes from it. */
  let spare = Math.max(0, healthyTotal - lower);

  let own = ownStops(primary, desired, spare);
  spare -= Math.min(spare, own.healthy + own.draining);

  const replace = replacements(input, healthyTotal);
  const good = primary.healthy + primary.starting;
  const want = primary.launches ? Math.max(0, desired - good) : 0;
  const room = upper - (total - present(own));
  const needed = neededStops(input, { want, replace: sum(replace, identity), room, own, healthyTotal });
  const { stops, left } = olderStops(input, needed, spare);

  const freed = input.olderApart === true ? 0 : sum(stops, present);
  let free = upper - (total - present(own) - freed);
  const startingTotal = sum(everyone, ({ starting }) => starting);
  if (want > 0 && free <= 0 && startingTotal === 0 && own.unhealthy === 0 && primary.unhealthy > 0) {
    // Nothing may start first, so unhealthy tasks make room one at a time.
    own = { ...own, unhealthy: 1 };
    free += 1;
  }
  const startsOlder = replace.map((count) => {
    const start = Math.min(count, Math.max(0, free));
    free -= start;
    return start;
  });
  const start = primary.waits ? 0 : Math.min(want, Math.max(0, free));
  const nothingStops = present(own) + sum(stops, present) === 0;
  const olderTotal = sum(older, present);
  let heldBack = left;
  const shares = older.map((counts, index): Share => {
    const stop = stops[index] ?? none;
    const held = Math.min(heldBack, heldCount(counts));
    heldBack -= held;
    return { start: startsOlder[index] ?? 0, stop, asked: olderAsked(input, counts, stop), held };
  });
  const asked = primaryAsked(input, { want, free, stop: own, alone: olderTotal === 0 });
  const surplus = Math.max(0, good - own.healthy - own.starting - desired);
  const blocked = want > 0 && !primary.waits && free <= 0 && nothingStops && startingTotal === 0;
  return {
    primary: { start, stop: own, asked, held: Math.min(surplus, heldCount(primary)) },
    older: shares,
    stuck: olderTotal > 0 && blocked && shares.every(({ held }) => held === 0),
  };
}

const none: Counts = { healthy: 0, starting: 0, unhealthy: 0, draining: 0 };

function present(counts: Counts): number {
  return counts.healthy + counts.starting + counts.unhealthy + counts.draining;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function heldCount({ held }: { readonly held: Held }): number {
  return held.healthy + held.starting + held.draining;
}

function identity(count: number): number {
  return count;
}

/**
 * The deployment's own surplus: what is above the desired count, not yet healthy tasks first; unhealthy ones as their
 * replacements become healthy; draining ones as far as the minimum allows.
 */
function ownStops(primary: PrimaryCounts, desired: number, spare: number): Counts {
  const { healthy, starting, unhealthy, draining, held } = primary;
  const surplus = Math.max(0, healthy + starting - desired);
  const stopStarting = Math.min(starting - held.starting, surplus);
  const stopHealthy = Math.min(healthy - held.healthy, surplus - stopStarting, spare);
  return {
    starting: stopStarting,
    healthy: stopHealthy,
    unhealthy: Math.min(unhealthy, Math.max(0, healthy + unhealthy - desired)),
    draining: Math.min(draining - held.draining, Math.max(0, spare - stopHealthy)),
  };
}

/**
 * Tasks that older deployments replace. While the newest deployment may still start tasks, only the last one known to
 * work does, and only as far as the service would otherwise fall below its minimum; once the newest is given up, it
 * keeps all that it still has to keep.
 */
function replacements({ lower, primary, older, cleanUp }: RolloutInput, healthyTotal: number): readonly number[] {
  const startingOlder = sum(older, ({ starting }) => starting);
  const missing = primary.launches ? Math.max(0, lower - healthyTotal - startingOlder) : Number.POSITIVE_INFINITY;
  const keeper = older.findLastIndex(({ completed }) => completed);
  return older.map(({ asked, healthy, starting, waits }, index) =>
    index !== keeper || waits || cleanUp === true ? 0 : Math.min(missing, Math.max(0, asked - healthy - starting)),
  );
}

/** How many older tasks should go: to make room for newer ones, or because newer ones have taken their place. */
function neededStops(
  { desired, primary, older, cleanUp }: RolloutInput,
  now: {
    readonly want: number;
    readonly replace: number;
    readonly room: number;
    readonly own: Counts;
    readonly healthyTotal: number;
  },
): number {
  const startingOlder = sum(older, ({ starting }) => starting);
  const unhealthyOlder = sum(older, ({ unhealthy }) => unhealthy);
  if (!primary.launches) {
    return Math.max(0, sum(older, ({ healthy, starting }) => healthy + starting) - desired);
  }
  if (cleanUp === true) return sum(older, present);
  const forRoom = primary.waits ? 0 : Math.max(0, now.want + now.replace - now.room);
  // What holds up placement is not the maximum but the hosts: older tasks give theirs up, as far as the minimum goes.
  const forHosts = primary.unplaced && !primary.waits ? now.want : 0;
  const staying = now.healthyTotal - now.own.healthy - now.own.draining;
  return Math.max(0, forRoom, forHosts, staying + startingOlder + unhealthyOlder - desired);
}

/**
 * Takes the stops from the older deployments: unhealthy, then not yet healthy, then healthy tasks; oldest first. `left`
 * are those that it could not take.
 */
function olderStops(
  { lower, primary, older }: RolloutInput,
  needed: number,
  spareBefore: number,
): { readonly stops: readonly Counts[]; readonly left: number } {
  let spare = spareBefore;
  const startingOlder = sum(older, ({ starting }) => starting);
  const healthyTotal = sum([primary, ...older], ({ healthy, draining }) => healthy + draining);
  // Starting tasks that stand in for missing healthy ones stay.
  let spareStarting = Math.max(0, healthyTotal + startingOlder - lower);
  let left = needed;
  const stops = older.map((counts) => {
    const draining = Math.min(counts.draining - counts.held.draining, spare);
    spare -= draining;
    const stale = Math.min(
      counts.starting - counts.held.starting,
      Math.max(0, counts.healthy + counts.starting - counts.asked),
    );
    const replaced = Math.min(counts.unhealthy, Math.max(0, counts.healthy + counts.unhealthy - counts.asked));
    left -= draining + stale + replaced;
    return { healthy: 0, starting: stale, unhealthy: replaced, draining };
  });
  const take = (kind: keyof Counts, limit: number): number => {
    let taken = 0;
    older.forEach((counts, index) => {
      const stop = stops[index];
      if (stop === undefined) return;
      const held = kind === 'unhealthy' ? 0 : counts.held[kind];
      const more = Math.max(0, Math.min(counts[kind] - held - stop[kind], left, limit - taken));
      stop[kind] += more;
      left -= more;
      taken += more;
    });
    return taken;
  };
  take('unhealthy', Number.POSITIVE_INFINITY);
  spareStarting -= sum(stops, ({ starting, draining }) => starting + draining);
  take('starting', Math.max(0, spareStarting));
  take('healthy', spare);
  return { stops, left: Math.max(0, left) };
}

/** Grows as tasks are started; a deployment that has the service to itself asks for all at once. */
function primaryAsked(
  { desired, primary }: RolloutInput,
  now: { readonly want: number; readonly free: number; readonly stop: Counts; readonly alone: boolean },
): number {
  if (!primary.launches) return Math.min(desired, primary.asked);
  if (now.alone) return desired;
  const good = primary.healthy + primary.starting - now.stop.healthy - now.stop.starting;
  return Math.min(desired, Math.max(primary.asked, good + Math.min(now.want, Math.max(0, now.free))));
}

/** Shrinks with every stop below what was asked for, and as newer tasks become healthy. */
function olderAsked({ desired, primary, cleanUp }: RolloutInput, counts: OlderCounts, stop: Counts): number {
  if (cleanUp === true) return present(counts) - present(stop);
  // A deployment that stays replaces its unhealthy and draining tasks: only what is good counts.
  const size = primary.launches ? present : ({ healthy, starting }: Counts): number => healthy + starting;
  const surplus = Math.max(0, size(counts) - counts.asked);
  const kept = counts.asked - Math.max(0, size(stop) - surplus);
  if (!primary.launches) return Math.max(0, kept);
  const bound = counts.completed ? desired - primary.healthy : present(counts) - present(stop);
  return Math.max(0, Math.min(kept, bound));
}
