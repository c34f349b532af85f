import { snapshotKinds } from '../limits.ts';
import type { Table } from '../table.ts';

/** A record that was written, and where among its table's it stands. */
export interface Placed {
  readonly place: number;
  readonly record: object;
}

/** Finds, of the records of a table that are written one after the other, one before it that resembles the next. */
export class Likes {
  readonly #table: Table;
  readonly #kinds = new Map<string, Placed>();
  #previous: Placed | undefined;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Takes the next record; gives the first of its kin, else the one just before it, else nothing. */
  next(record: object): Placed | undefined {
    const previous = this.#previous;
    const placed = { place: previous === undefined ? 0 : previous.place + 1, record };
    this.#previous = placed;
    const kin = this.#table.kinOf(record);
    if (kin === undefined) return previous;
    const like = this.#kinds.get(kin);
    if (like !== undefined) return like;
    if (this.#kinds.size >= snapshotKinds) this.#kinds.clear();
    this.#kinds.set(kin, placed);
    return previous;
  }
}
