import { assert } from '#base';
import { CreationOrder } from './creation-order.ts';
import type { Cursor, Page, PageOptions, TableDefinition, TableView } from './types.ts';

/** A record's place: the creation number never changes while the record lives; updates replace `record`. */
export interface Entry {
  readonly created: number;
  readonly key: string;
  record: object;
}

/** A record and when it was created: what an undo puts back. */
export interface Version {
  readonly record: object;
  readonly created: number;
}

type IndexValue = string | readonly string[] | undefined;

interface Index {
  readonly valueOf: (record: object) => IndexValue;
  readonly lists: Map<string, CreationOrder<Entry>>;
}

/** The records of one table in memory, by key, in order of creation, and by each index in order of creation. */
export class Table implements TableView<object, string> {
  readonly name: string;
  readonly keyOf: (record: object) => string;
  readonly check: ((before: object, after: object) => void) | undefined;
  #entries = new Map<string, Entry>();
  readonly #order = new CreationOrder<Entry>();
  readonly #indexes = new Map<string, Index>();
  readonly #alike: readonly Index[];

  constructor(name: string, definition: TableDefinition<never, string>) {
    this.name = name;
    this.keyOf = definition.key as (record: object) => string;
    this.check = definition.check as Table['check'];
    for (const [index, valueOf] of Object.entries(definition.indexes)) {
      this.#indexes.set(index, { valueOf: valueOf as (record: object) => IndexValue, lists: new Map() });
    }
    this.#alike = (definition.alike ?? []).map((index) => this.#index(index));
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  find(key: string): object | undefined {
    return this.#entries.get(key)?.record;
  }

  get(key: string): object {
    const entry = this.#entries.get(key);
    assert(entry !== undefined, `no record ${key} in ${this.name}`);
    return entry.record;
  }

  all(): Iterable<object> {
    return recordsOf(this.#order);
  }

  by(index: string, value: string): Iterable<object> {
    const list = this.#index(index).lists.get(value);
    return list === undefined ? [] : recordsOf(list);
  }

  count(index: string, value: string): number {
    return this.#index(index).lists.get(value)?.size ?? 0;
  }

  newest(index: string, value: string): object | undefined {
    return this.#index(index).lists.get(value)?.last?.record;
  }

  values(index: string): Iterable<string> {
    return [...this.#index(index).lists.keys()];
  }

  page(index: string, value: string, options: PageOptions<object>): Page<object> {
    assert(Number.isInteger(options.limit) && options.limit >= 1, 'a page holds at least one record');
    const records: object[] = [];
    let last: Cursor = 0;
    const list = this.#index(index).lists.get(value);
    for (const entry of list?.after(options.after ?? 0, Number.POSITIVE_INFINITY) ?? []) {
      if (options.filter !== undefined && !options.filter(entry.record)) continue;
      if (records.length === options.limit) return { records, next: last, last };
      records.push(entry.record);
      last = entry.created;
    }
    return records.length === 0 ? { records } : { records, last };
  }

  /** What a record has in common with those it resembles most: a value of the table's first `alike` index it is in. */
  kinOf(record: object): string | undefined {
    for (const index of this.#alike) {
      const [value] = valuesOf(index.valueOf(record));
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** The oldest record that resembles this one. */
  like(record: object): object | undefined {
    for (const index of this.#alike) {
      const [value] = valuesOf(index.valueOf(record));
      if (value !== undefined) return index.lists.get(value)?.first?.record;
    }
    return undefined;
  }

  entry(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Entries in order of creation, from just after `cursor` up to and with `upTo`. */
  entriesAfter(cursor: Cursor, upTo: number): Iterable<Entry> {
    return this.#order.after(cursor, upTo);
  }

  /** Takes loaded entries for its own, one after the other in order of creation; `before` is called before it has one. */
  fill(entries: Map<string, Entry>, inOrder: readonly Entry[], before: (entry: Entry) => void): void {
    assert(this.#entries.size === 0, `${this.name} is filled once`);
    this.#entries = entries;
    for (const entry of inOrder) {
      before(entry);
      this.#order.append(entry);
      for (const index of this.#indexes.values()) {
        const value = index.valueOf(entry.record);
        if (typeof value === 'string') listOf(index, value).append(entry);
        else for (const each of valuesOf(value)) listOf(index, each).append(entry);
      }
    }
    this.#order.trim();
    for (const index of this.#indexes.values()) for (const list of index.lists.values()) list.trim();
  }

  /** Makes `version` the one that is stored under `key`; none deletes it. */
  set(key: string, version: Version | undefined): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && version !== undefined && entry.created === version.created) {
      this.#replace(entry, version.record);
      return;
    }
    if (entry !== undefined) this.#remove(entry);
    if (version !== undefined) this.#insert({ created: version.created, key, record: version.record });
  }

  #insert(entry: Entry): void {
    this.#entries.set(entry.key, entry);
    this.#list(entry);
  }

  #list(entry: Entry): void {
    this.#order.add(entry);
    for (const index of this.#indexes.values()) {
      for (const value of valuesOf(index.valueOf(entry.record))) listOf(index, value).add(entry);
    }
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#order.remove(entry);
    for (const index of this.#indexes.values()) {
      for (const value of valuesOf(index.valueOf(entry.record))) removeFrom(index, value, entry);
    }
  }

  #replace(entry: Entry, record: object): void {
    for (const index of this.#indexes.values()) {
      const before = index.valueOf(entry.record);
      const after = index.valueOf(record);
      if (before === after) continue;
      const left = new Set(valuesOf(before));
      const joined = new Set(valuesOf(after));
      for (const value of left) if (!joined.has(value)) removeFrom(index, value, entry);
      for (const value of joined) if (!left.has(value)) listOf(index, value).add(entry);
    }
    entry.record = record;
  }

  #index(name: string): Index {
    const index = this.#indexes.get(name);
    assert(index !== undefined, `${this.name} has no index ${name}`);
    return index;
  }
}

/** Bounded by what exists when the iteration starts, so that a loop may add to what it walks. */
function recordsOf(list: CreationOrder<Entry>): Iterable<object> {
  return {
    *[Symbol.iterator]() {
      for (const entry of list.after(0, list.lastCreated)) yield entry.record;
    },
  };
}

function valuesOf(value: IndexValue): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : [...new Set(value)];
}

/** The list of a value, made when it is not there. */
function listOf(index: Index, value: string): CreationOrder<Entry> {
  let list = index.lists.get(value);
  if (list === undefined) {
    list = new CreationOrder();
    index.lists.set(value, list);
  }
  return list;
}

function removeFrom(index: Index, value: string, entry: Entry): void {
  const list = index.lists.get(value);
  assert(list !== undefined, `index value ${value} is not there`);
  list.remove(entry);
  if (list.size === 0) index.lists.delete(value);
}
