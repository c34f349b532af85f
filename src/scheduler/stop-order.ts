import { integerBelow, type Random } from '#base';

/** What a strategy says of the candidates, known by position. Those of one kind are equally good to stop, and stay so. */
export interface KindScores {
  readonly kindOf: Int32Array;
  /** By kind: the lowest is stopped first. */
  readonly scores: Float64Array;
  /** Notes that a candidate is stopped; gives the kinds whose score that changed. */
  stopped(slot: number): Iterable<number>;
}

/** Candidates of one kind by the first strategy; inside, of one kind by the second, and so on. */
interface Branch {
  readonly kind: number;
  readonly above: Branch | undefined;
  readonly branches: Map<number, Branch>;
  /** Of the innermost ones alone. */
  readonly slots: number[];
  /** The branches inside with the lowest score, once somebody asked for them. */
  lowest?: Lowest | undefined;
  /** Where this stands among the lowest of the one above; -1 when it is not one of them. */
  rank: number;
}

interface Lowest {
  score: number;
  readonly branches: Branch[];
}

/**
 * Gives candidates best first, by strategies of which the first counts first, and draws among equals. Only kinds are
 * compared, and after a stop only those whose score it changed: a service of thousands of tasks is asked a hundred
 * times in one decision.
 */
export class StopOrder {
  readonly #preferences: readonly KindScores[];
  readonly #root = newBranch(0);
  /** By strategy, by kind: its branches, one for each that it is inside of. */
  readonly #ofKind: readonly (Branch[] | undefined)[][];

  constructor(slots: Iterable<number>, preferences: readonly KindScores[]) {
    this.#preferences = preferences;
    this.#ofKind = preferences.map(() => []);
    for (const slot of slots) this.#add(slot);
  }

  /** Takes the next, which is stopped then; `undefined` when none is left. */
  next(random: Random): number | undefined {
    let best: readonly Branch[] = [this.#root];
    for (const { scores } of this.#preferences) best = lowestInside(best, scores);
    const count = best.reduce((sum, { slots }) => sum + slots.length, 0);
    if (count === 0) return undefined;
    let drawn = count < 2 ? 0 : integerBelow(random, count);
    for (const branch of best) {
      if (drawn < branch.slots.length) return this.#stop(branch, drawn);
      drawn -= branch.slots.length;
    }
    return undefined;
  }

  #stop(branch: Branch, at: number): number {
    const slot = take(branch, at);
    for (const [level, preference] of this.#preferences.entries()) {
      for (const kind of preference.stopped(slot)) {
        const score = preference.scores[kind] ?? 0;
        for (const changed of this.#ofKind[level]?.[kind] ?? []) rankAnew(changed, score);
      }
    }
    return slot;
  }

  #add(slot: number): void {
    let branch = this.#root;
    for (const [level, { kindOf }] of this.#preferences.entries()) {
      const kind = kindOf[slot] ?? 0;
      let inner = branch.branches.get(kind);
      if (inner === undefined) {
        inner = newBranch(kind, branch);
        branch.branches.set(kind, inner);
        const ofKind = this.#ofKind[level];
        const others = ofKind?.[kind];
        if (others !== undefined) others.push(inner);
        else if (ofKind !== undefined) ofKind[kind] = [inner];
      }
      branch = inner;
    }
    branch.slots.push(slot);
  }
}

function newBranch(kind: number, above?: Branch): Branch {
  return { kind, above, branches: new Map(), slots: [], lowest: undefined, rank: -1 };
}

/** Of all branches inside of these, those with the lowest score. */
function lowestInside(outer: readonly Branch[], scores: Float64Array): readonly Branch[] {
  let score = Number.POSITIVE_INFINITY;
  let best: (readonly Branch[])[] = [];
  for (const branch of outer) {
    const lowest = lowestOf(branch, scores);
    if (lowest.score > score) continue;
    if (lowest.score < score) best = [];
    score = lowest.score;
    best.push(lowest.branches);
  }
  return best.length === 1 ? (best[0] ?? []) : best.flat();
}

function lowestOf(branch: Branch, scores: Float64Array): Lowest {
  if (branch.lowest !== undefined) return branch.lowest;
  const lowest: Lowest = { score: Number.POSITIVE_INFINITY, branches: [] };
  branch.lowest = lowest;
  for (const inner of branch.branches.values()) enter(lowest, inner, scores[inner.kind] ?? 0);
  return lowest;
}

function enter(lowest: Lowest, branch: Branch, score: number): void {
  if (score > lowest.score) return;
  if (score < lowest.score) {
    for (const other of lowest.branches) other.rank = -1;
    lowest.branches.length = 0;
    lowest.score = score;
  }
  branch.rank = lowest.branches.push(branch) - 1;
}

function rankAnew(branch: Branch, score: number): void {
  const { above } = branch;
  if (above?.lowest === undefined || !above.branches.has(branch.kind)) return;
  if (branch.rank >= 0) {
    if (score === above.lowest.score) return;
    leave(above, branch);
  }
  // Without any left in it, the lowest are looked for again.
  if (above.lowest !== undefined) enter(above.lowest, branch, score);
}

function leave(above: Branch, branch: Branch): void {
  const branches = above.lowest?.branches;
  const last = branches?.pop();
  if (branches === undefined || last === undefined || branch.rank < 0) return;
  if (last !== branch) {
    branches[branch.rank] = last;
    last.rank = branch.rank;
  }
  branch.rank = -1;
  if (branches.length === 0) above.lowest = undefined;
}

/** Takes one out; branches that are empty then go. */
function take(branch: Branch, at: number): number {
  const { slots } = branch;
  const slot = slots[at] ?? 0;
  slots[at] = slots.at(-1) ?? 0;
  slots.pop();
  let empty: Branch | undefined = branch;
  while (empty?.above !== undefined && empty.slots.length + empty.branches.size === 0) {
    empty.above.branches.delete(empty.kind);
    if (empty.rank >= 0) leave(empty.above, empty);
    empty = empty.above;
  }
  return slot;
}
