import { integerBelow, type Random } from '#base';
import type { FilterChain } from './filters/chain.ts';
import { rowsWith, type Shelf } from './hosts/arrangement.ts';
import type { HostPool } from './hosts/host-pool.ts';
import type { Order } from './hosts/order.ts';
import { passes } from './hosts/verdicts.ts';
import { maxDraws, maxEquals } from './limits.ts';
import { type Plan, planOf } from './scorers/plan.ts';
import { Contest } from './scorers/ranking.ts';
import type { PlacementRequest } from './types.ts';

interface OpenShelf {
  readonly shelf: Shelf;
  readonly preferred: boolean;
  /** Tasks of the group on its hosts, whether they have room or not. */
  tasks: number;
  /**
   * No host on it scores lower than this by the only scorer of a `drawn` plan; Infinity without a scorer, or a host that takes
   * a task: then there is nothing more to find.
   */
  floor: number;
  /** The hosts that scored so when they were looked for; none before that. */
  leaders: number[];
}

/**
 * The choice of hosts for the tasks of one request, one after the other. It leans on this: while tasks of one request
 * are placed, no host that refused becomes one that accepts, for only a host that takes a task changes.
 */
export class Search {
  readonly #random: Random;
  readonly #plan: Plan;
  readonly #fits: (slot: number) => boolean;
  /** What a host must have of the resource that rows are ordered by, and of the other one. */
  readonly #least: number;
  readonly #leastOther: number;
  /** Shelves that may still have a host. */
  #open: readonly OpenShelf[];
  readonly #states: ReadonlyMap<Shelf, OpenShelf>;

  constructor(pool: HostPool, request: PlacementRequest, chain: FilterChain, random: Random) {
    this.#random = random;
    this.#plan = planOf(pool, request);
    this.#fits = fitting(pool, request, chain);
    const { arrangement, resource, tasks, prefers } = this.#plan;
    const { cpuUnits, memoryMiB } = request.reserves;
    [this.#least, this.#leastOther] = resource === 'cpu' ? [cpuUnits, memoryMiB] : [memoryMiB, cpuUnits];
    this.#open = [...arrangement.shelves()].map((shelf) => ({
      shelf,
      preferred: prefers?.(shelf.key) ?? true,
      tasks: 0,
      floor: 0,
      leaders: [],
    }));
    this.#states = new Map(this.#open.map((open) => [open.shelf, open]));
    for (const [slot, count] of tasks) this.#count(slot, count);
  }

  /** A best host for one more task; `undefined` when no host takes one. */
  next(): number | undefined {
    while (this.#open.length > 0) {
      const emptiest = this.#emptiest();
      const found = this.#among(emptiest);
      if (found !== undefined) return found;
      const full = new Set(emptiest);
      this.#open = this.#open.filter((open) => !full.has(open));
    }
    return undefined;
  }

  placed(slot: number): void {
    const { tasks } = this.#plan;
    tasks.set(slot, (tasks.get(slot) ?? 0) + 1);
    this.#count(slot, 1);
    for (const scorer of this.#plan.scorers) scorer.placed(slot);
  }

  #count(slot: number, tasks: number): void {
    const shelf = this.#plan.arrangement.shelfOf(slot);
    const state = shelf === undefined ? undefined : this.#states.get(shelf);
    if (state !== undefined) state.tasks += tasks;
  }

  /** The open shelves to look at first, all alike. */
  #emptiest(): readonly OpenShelf[] {
    const preferred = this.#open.filter((open) => open.preferred);
    const open = preferred.length > 0 ? preferred : this.#open;
    let least = Infinity;
    for (const { tasks } of open) least = Math.min(least, tasks);
    return open.filter(({ tasks }) => tasks === least);
  }

  #among(shelves: readonly OpenShelf[]): number | undefined {
    const { walk, scorers } = this.#plan;
    if (walk === 'drawn') return this.#draw(shelves) ?? this.#drawLeader(shelves);
    const contest = new Contest(scorers);
    for (const row of this.#rows(shelves)) {
      if (walk === 'roomy') this.#enterDownwards(row, contest);
      else this.#enterUpwards(row, contest);
    }
    return contest.winner(this.#random);
  }

  /** Tries hosts blindly. One that is as good as any can be is a fair draw from the best. */
  #draw(open: readonly OpenShelf[]): number | undefined {
    if (open.some(({ leaders }) => leaders.length > 0)) return undefined;
    const rows = this.#rows(open);
    const starts = rows.map((row) => row.from(this.#least));
    const total = rows.reduce((sum, { length }, index) => sum + length - (starts[index] ?? 0), 0);
    if (total === 0) return undefined;
    const floor = Math.min(...open.map((each) => each.floor));
    for (let draw = 0; draw < maxDraws; draw++) {
      const slot = slotAt(rows, starts, integerBelow(this.#random, total));
      if (this.#fits(slot) && this.#score(slot) <= floor) return slot;
    }
    return undefined;
  }

  /** Draws from the best, which are looked for once until none of them is left: a host that takes a task only gets worse. */
  #drawLeader(shelves: readonly OpenShelf[]): number | undefined {
    for (;;) {
      for (const open of shelves) if (open.leaders.length === 0 && open.floor < Infinity) this.#findLeaders(open);
      const led = shelves.filter(({ leaders }) => leaders.length > 0);
      const floor = Math.min(...led.map((open) => open.floor));
      const best = led.filter((open) => open.floor === floor);
      if (best.length === 0) return undefined;
      let at = integerBelow(
        this.#random,
        best.reduce((sum, { leaders }) => sum + leaders.length, 0),
      );
      for (const { leaders } of best) {
        const slot = leaders[at];
        if (slot !== undefined) {
          if (this.#fits(slot) && this.#score(slot) <= floor) return slot;
          leaders[at] = leaders.at(-1) ?? slot;
          leaders.pop();
          break;
        }
        at -= leaders.length;
      }
    }
  }

  #findLeaders(open: OpenShelf): void {
    const contest = new Contest(this.#plan.scorers);
    for (const row of this.#rows([open])) this.#enterUpwards(row, contest);
    open.floor = contest.lead;
    open.leaders = [...contest.leaders];
  }

  /** By the only scorer of a `drawn` plan, if it has one. */
  #score(slot: number): number {
    return this.#plan.scorers[0]?.score(slot) ?? 0;
  }

  #enterUpwards(row: Order, contest: Contest): void {
    const { walk, bound, scorers } = this.#plan;
    for (let index = row.from(this.#least); index < row.length; index++) {
      const slot = row.at(index);
      if (walk === 'packed' && isSettled(contest, bound(slot), scorers.length)) return;
      if (this.#fits(slot)) contest.enter(slot);
    }
  }

  #enterDownwards(row: Order, contest: Contest): void {
    const { bound, scorers } = this.#plan;
    const start = row.from(this.#least);
    for (let index = row.length - 1; index >= start; index--) {
      const slot = row.at(index);
      if (isSettled(contest, bound(slot), scorers.length)) return;
      if (this.#fits(slot)) contest.enter(slot);
    }
  }

  /** The rows with hosts that may have enough of the resource that they are not ordered by. */
  #rows(open: readonly OpenShelf[]): readonly Order[] {
    return open.flatMap(({ shelf }) => rowsWith(shelf, this.#leastOther));
  }
}

/** Whether hosts that score at best so much cannot win any more, or would only be some more of many equals. */
function isSettled(contest: Contest, best: number, scorers: number): boolean {
  return best > contest.lead || (best === contest.lead && scorers === 1 && contest.equals >= maxEquals);
}

function slotAt(rows: readonly Order[], starts: readonly number[], index: number): number {
  let left = index;
  for (const [number, row] of rows.entries()) {
    const start = starts[number] ?? 0;
    if (left < row.length - start) return row.at(start + left);
    left -= row.length - start;
  }
  return 0;
}

/** Whether a host takes one more task: its record by what is remembered, the rest by what it has at the moment. */
function fitting(pool: HostPool, request: PlacementRequest, chain: FilterChain): (slot: number) => boolean {
  const verdicts = pool.verdicts(chain.shape, (host) => chain.judgeRecord(host)?.stage);
  const [cpu, memory] = [pool.free('cpu'), pool.free('memory')];
  const { cpuUnits, memoryMiB } = request.reserves;
  /** Hosts that refused for their tasks: they go on refusing. */
  const refusing = new Set<number>();
  const takes = (slot: number): boolean => {
    if (refusing.has(slot)) return false;
    const fits = chain.judgeLoad(pool.viewAt(slot)) === undefined;
    if (!fits) refusing.add(slot);
    return fits;
  };
  return (slot) =>
    cpuUnits <= (cpu[slot] ?? 0) &&
    memoryMiB <= (memory[slot] ?? 0) &&
    verdicts.stage(slot, pool.viewAt) === passes &&
    (!chain.asksForTasks || takes(slot));
}
