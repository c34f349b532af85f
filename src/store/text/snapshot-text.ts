import { textPatience } from '../limits.ts';
import type { Entry, Table } from '../table.ts';
import { recordText } from './codec.ts';
import { RowText } from './row-text.ts';

/** Writes the records of one table into a snapshot, each as what differs from an earlier one that is like it. */
export class TableText {
  readonly #name: string;
  readonly #rows: RowText;

  constructor(table: Table) {
    this.#name = table.name;
    this.#rows = new RowText(table, { patience: textPatience.snapshot });
  }

  next(entry: Entry): string {
    return this.#rows.created(entry) ?? recordText([this.#name, entry.key, entry.created, entry.record]);
  }
}
