import { rowShapes } from '../limits.ts';
import { rowText, type StoredRow, shapeText } from './codec.ts';
import { Comparison } from './shape-text.ts';

/** What is to be written: the record, its key, and when it was created. */
interface Written {
  readonly key: string;
  readonly created: number;
  readonly record: object;
}

/** Writes rows of one table: a snapshot's, or a transaction's. */
export class RowText {
  readonly #table: string;
  readonly #comparison: Comparison;
  readonly #shapes = new Shapes();

  /** `patience`: see `Comparison`. */
  constructor(table: string, options: { readonly patience: number }) {
    this.#table = table;
    this.#comparison = new Comparison(options);
  }

  /** The row's text, after that of its shape when it is the first of it. Each must be written: later ones refer to it. */
  next({ key, created, record }: Written, from: { readonly record: object; readonly place: number | null }): string {
    const row: StoredRow = [0, from.place, created, key];
    const template = this.#comparison.compare(from.record, record, key, row);
    const { number, isNew } = this.#shapes.numberOf(template);
    row[0] = number;
    return isNew ? `${shapeText(this.#table, number, template)},${rowText(row)}` : rowText(row);
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
