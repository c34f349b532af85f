import { textPatience } from '../limits.ts';
import type { Entry, Table } from '../table.ts';
import { recordText } from './codec.ts';
import { Likes } from './likes.ts';
import { RowText } from './row-text.ts';

/** Writes the records of one table into a snapshot, each as what differs from an earlier one that is like it. */
export class TableText {
  readonly #name: string;
  readonly #likes: Likes;
  readonly #rows: RowText;

  constructor(table: Table) {
    this.#name = table.name;
    this.#likes = new Likes(table);
    this.#rows = new RowText(table.name, { patience: textPatience.snapshot });
  }

  next(entry: Entry): string {
    const like = this.#likes.next(entry.record);
    if (like === undefined) return recordText([this.#name, entry.key, entry.created, entry.record]);
    return this.#rows.next(entry, like);
  }
}
