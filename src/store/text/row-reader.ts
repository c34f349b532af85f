import { messageOf } from '#base';
import { freezeRecord } from '../freeze.ts';
import { rowShapes } from '../limits.ts';
import { damaged, type StoredRow, type StoredShape } from './codec.ts';
import { Shape } from './shape.ts';

/** Of one table: the records that rows may be like, in their places, and what else rows refer to. */
export class RowTable {
  readonly name: string;
  readonly records: object[] = [];
  readonly #shapes: Shape[] = [];
  readonly #texts: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Throws `StoreDamaged` naming `where` when it is no shape or not the next one. */
  addShape([, number, template]: StoredShape, where: string): void {
    if (number > this.#shapes.length || number >= rowShapes) throw damaged(where, `shape ${number} is out of order`);
    try {
      this.#shapes[number] = new Shape(template);
    } catch (error) {
      throw damaged(where, `shape ${number}: ${messageOf(error)}`, error);
    }
  }

  /** The record that is in the row, `like` the one it names. Throws `StoreDamaged` when it does not fit. */
  read(row: StoredRow, like: object | undefined, where: string): object {
    if (like === undefined) throw damaged(where, `${this.name} ${row[3]} is like a record that is not there`);
    return this.#inShape(row, where, (shape) => shape.make(like, row, this.#texts));
  }

  /** Passes over a row: only what later rows refer to is taken from it. Throws `StoreDamaged` when it has not its shape. */
  skip(row: StoredRow, where: string): void {
    this.#inShape(row, where, (shape) => shape.number(row, this.#texts));
  }

  #inShape<T>([number, , , key]: StoredRow, where: string, use: (shape: Shape) => T): T {
    const shape = this.#shapes[number];
    if (shape === undefined) throw damaged(where, `${this.name} ${key} has a shape that is not there`);
    try {
      return use(shape);
    } catch (error) {
      throw damaged(where, `${this.name} ${key}: ${messageOf(error)}`, error);
    }
  }
}

/** The record, frozen. Throws `StoreDamaged` naming `where` when it is not what JSON gives for plain data. */
export function frozenRecord(record: object, key: string, where: string, like?: object): object {
  try {
    return freezeRecord(record, key, like);
  } catch (error) {
    throw damaged(where, messageOf(error), error);
  }
}

/** The tables whose rows are being read, and the one they are of. */
export class RowTables<T extends RowTable> {
  readonly #tables = new Map<string, T>();
  readonly #make: (name: string) => T;
  /** Of the last item that says its table: rows do not. */
  current: T | undefined;

  constructor(make: (name: string) => T) {
    this.#make = make;
  }

  named(name: string): T {
    if (this.current?.name === name) return this.current;
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = this.#make(name);
      this.#tables.set(name, table);
    }
    this.current = table;
    return table;
  }
}
