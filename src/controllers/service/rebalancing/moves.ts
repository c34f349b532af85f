/** The tasks of a zone, and those that may be stopped by capacity provider, `''` without one. */
export interface ZoneCount {
  readonly zone: string;
  readonly tasks: number;
  readonly free: ReadonlyMap<string, number>;
}

/** One task more in a zone, of this provider, and later one less in a fuller one. */
export interface Move {
  readonly to: string;
  readonly provider: string;
}

interface Pile {
  readonly zone: string;
  tasks: number;
  readonly free: Map<string, number>;
}

/** Whether some zone has two tasks or more above another: with a difference of one nothing is gained. */
export function isUneven(zones: readonly Pick<ZoneCount, 'tasks'>[]): boolean {
  const counts = zones.map(({ tasks }) => tasks);
  return Math.max(...counts) - Math.min(...counts) >= 2;
}

/**
 * The moves that even out the zones, at most `most`: each from the fullest zone that has a task to spare to the emptiest
 * that `takes` one of that provider, as long as they differ by two. Each move makes them differ by less.
 */
export function planMoves(
  zones: readonly ZoneCount[],
  most: number,
  takes: (zone: string, provider: string) => boolean,
): readonly Move[] {
  const piles = zones.map(({ zone, tasks, free }): Pile => ({ zone, tasks, free: new Map(free) }));
  const moves: Move[] = [];
  while (moves.length < most) {
    const next = nextMove(piles, takes);
    if (next === undefined) break;
    next.from.tasks -= 1;
    next.from.free.set(next.provider, (next.from.free.get(next.provider) ?? 0) - 1);
    next.to.tasks += 1;
    moves.push({ to: next.to.zone, provider: next.provider });
  }
  return moves;
}

/** Whether it is for protected tasks alone that nothing can move: no zone that is too full has another. */
export function isHeld(zones: readonly ZoneCount[]): boolean {
  const least = Math.min(...zones.map(({ tasks }) => tasks));
  const full = zones.filter(({ tasks }) => tasks - least >= 2);
  return full.length > 0 && full.every(({ free }) => [...free.values()].every((count) => count === 0));
}

/** Of which zones `count` tasks of a provider stop, one entry each: always of the fullest that has one to spare. */
export function planStops(zones: readonly ZoneCount[], count: number, provider: string): readonly string[] {
  const piles = zones.map(({ zone, tasks, free }) => ({ zone, tasks, left: free.get(provider) ?? 0 }));
  const stops: string[] = [];
  while (stops.length < count) {
    const [fullest] = piles.filter(({ left }) => left > 0).sort((a, b) => b.tasks - a.tasks);
    if (fullest === undefined) break;
    fullest.tasks -= 1;
    fullest.left -= 1;
    stops.push(fullest.zone);
  }
  return stops;
}

function nextMove(piles: readonly Pile[], takes: (zone: string, provider: string) => boolean) {
  const emptiestFirst = piles.toSorted((a, b) => a.tasks - b.tasks);
  for (const to of emptiestFirst) {
    for (const from of emptiestFirst.toReversed()) {
      if (from.tasks - to.tasks < 2) break;
      const provider = mostFree(from).find((name) => takes(to.zone, name));
      if (provider !== undefined) return { from, to, provider };
    }
  }
  return undefined;
}

/** Its providers with a task to spare, those with most first. */
function mostFree({ free }: Pile): readonly string[] {
  return [...free]
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([provider]) => provider);
}
