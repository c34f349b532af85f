import { rowShapes } from '../limits.ts';
import type { Table } from '../table.ts';
import { rowText, type StoredRow, shapeText } from './codec.ts';
import { Likes, type Placed } from './likes.ts';
import { Comparison } from './shape-text.ts';

/** What is to be written: the record, its key, and when it was created. */
interface Written {
  readonly key: string;
  readonly created: number;
  readonly record: object;
}

/** Writes rows of one table: a snapshot's, or a transaction's. */
export class RowText {
  readonly #table: Table;
  readonly #comparison: Comparison;
  readonly #shapes = new Shapes();
  #likes: Likes | undefined;

  /** `patience`: see `Comparison`. */
  constructor(table: Table, options: { readonly patience: number }) {
    this.#table = table;
    this.#comparison = new Comparison(options);
  }

  /** The row of the next new record; nothing when none before it is like it, and it is to be written whole. */
  created(written: Written): string | undefined {
    this.#likes ??= new Likes(this.#table);
    const like = this.#likes.next(written.record);
    return like === undefined ? undefined : this.#row(written, like);
  }

  /** The row of a record that was another before. */
  changed(written: Written, before: object): string {
    return this.#row(written, { place: null, record: before });
  }

  /** The row's text, after that of its shape when it is the first of it. Each must be written: later ones refer to it. */
  #row({ key, created, record }: Written, from: Placed | { readonly place: null; readonly record: object }): string {
    const row: StoredRow = [0, from.place, created, key];
    const template = this.#comparison.compare(from.record, record, key, row);
    const { number, isNew } = this.#shapes.numberOf(template);
    row[0] = number;
    return isNew ? `${shapeText(this.#table.name, number, template)},${rowText(row)}` : rowText(row);
  }
}

/** Numbers the shapes that are in use; the oldest one's number is given again when there are too many. */
class Shapes {
  readonly #numbers = new Map<string, number>();
  readonly #templates: string[] = [];
  #next = 0;

  numberOf(template: string): { readonly number: number; readonly isNew: boolean } {
    const known = this.#numbers.get(template);
    if (known !== undefined) return { number: known, isNew: false };
    const number = this.#next;
    this.#next = (number + 1) % rowShapes;
    const oldest = this.#templates[number];
    if (oldest !== undefined) this.#numbers.delete(oldest);
    this.#templates[number] = template;
    this.#numbers.set(template, number);
    return { number, isNew: true };
  }
}
