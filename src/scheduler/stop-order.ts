import { integerBelow, type Random } from '#base';

/** What a strategy says of the candidates, known by position. Those of one kind are equally good to stop, and stay so. */
export interface KindScores {
  readonly kindOf: Int32Array;
  /** By kind: the lowest is stopped first. Changes as candidates are stopped. */
  readonly scores: Float64Array;
}

/** Candidates of one kind by the first strategy; inside, of one kind by the second, and so on. */
interface Branch {
  readonly kind: number;
  readonly above: Branch | undefined;
  readonly branches: Map<number, Branch>;
  /** Of the innermost ones alone. */
  readonly slots: number[];
}

/**
 * Gives candidates best first, by strategies of which the first counts first, and draws among equals. Only kinds are
 * compared, and of these only those inside the best so far: a service of thousands of tasks is asked a hundred times in
 * one decision.
 */
export class StopOrder {
  readonly #preferences: readonly KindScores[];
  readonly #root = newBranch(0);

  constructor(slots: Iterable<number>, preferences: readonly KindScores[]) {
    this.#preferences = preferences;
    for (const slot of slots) this.#add(slot);
  }

  /** Takes the next; `undefined` when none is left. */
  next(random: Random): number | undefined {
    let best = [this.#root];
    for (const { scores } of this.#preferences) best = lowest(best, scores);
    const count = best.reduce((sum, { slots }) => sum + slots.length, 0);
    if (count === 0) return undefined;
    let drawn = count < 2 ? 0 : integerBelow(random, count);
    for (const branch of best) {
      if (drawn < branch.slots.length) return take(branch, drawn);
      drawn -= branch.slots.length;
    }
    return undefined;
  }

  #add(slot: number): void {
    let branch = this.#root;
    for (const { kindOf } of this.#preferences) {
      const kind = kindOf[slot] ?? 0;
      let inner = branch.branches.get(kind);
      if (inner === undefined) {
        inner = newBranch(kind, branch);
        branch.branches.set(kind, inner);
      }
      branch = inner;
    }
    branch.slots.push(slot);
  }
}

function newBranch(kind: number, above?: Branch): Branch {
  return { kind, above, branches: new Map(), slots: [] };
}

/** Of all branches inside of these, those with the lowest score. */
function lowest(outer: readonly Branch[], scores: Float64Array): Branch[] {
  let best: Branch[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const { branches } of outer) {
    for (const branch of branches.values()) {
      const score = scores[branch.kind] ?? 0;
      if (score > least) continue;
      if (score < least) best = [];
      least = score;
      best.push(branch);
    }
  }
  return best;
}

/** Takes one out; branches that are empty then go. */
function take(branch: Branch, at: number): number | undefined {
  const { slots } = branch;
  const slot = slots[at];
  slots[at] = slots.at(-1) ?? 0;
  slots.pop();
  let empty: Branch | undefined = branch;
  while (empty?.above !== undefined && empty.slots.length + empty.branches.size === 0) {
    empty.above.branches.delete(empty.kind);
    empty = empty.above;
  }
  return slot;
}
