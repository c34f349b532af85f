import { assert } from '#base';
import { freezeRecord } from './freeze.ts';
import { type Entry, Table, type Version } from './table.ts';
import type { Page, PageOptions, Projection, Revision, Schema, TableWriter, Tx, View } from './types.ts';

/** One put or delete, with what is needed to take it back. */
export interface Step {
  readonly table: Table;
  readonly key: string;
  readonly before: Version | undefined;
  readonly after: Version | undefined;
}

/** What the untyped inside of the store calls of a projection. */
export type AnyProjection = Projection<Readonly<Record<string, never>>>;

interface StateOptions {
  /** Whether records are frozen, and checked to be plain data, as they are put. */
  readonly freeze: boolean;
}

/** All tables and projections, and the one transaction that may run. Knows nothing of the journal. */
export class State<S extends Schema> {
  readonly tables: ReadonlyMap<string, Table>;
  readonly view: View<S>;
  revision: Revision = 0;
  /** The highest creation number given; never given again, not even after the record is gone. */
  lastCreated = 0;
  readonly #tx: Tx<S>;
  readonly #freeze: boolean;
  readonly #projections: ReadonlyMap<string, readonly AnyProjection[]>;
  #steps: Step[] | undefined;

  constructor(schema: S, projections: readonly Projection<S>[], options: StateOptions) {
    this.#freeze = options.freeze;
    this.tables = new Map(Object.entries(schema).map(([name, definition]) => [name, new Table(name, definition)]));
    this.#projections = new Map(
      [...this.tables.keys()].map((name) => [
        name,
        projections.filter((projection) => projection.tables.includes(name)) as unknown as AnyProjection[],
      ]),
    );
    this.view = this.#face((table) => table) as View<S>;
    this.#tx = this.#face((table) => new TransactionTable(table, this)) as Tx<S>;
  }

  /** What the running transaction did so far. */
  get steps(): readonly Step[] {
    return this.#openSteps();
  }

  get inTransaction(): boolean {
    return this.#steps !== undefined;
  }

  /** Runs one transaction to its end. A throw, or a promise in place of a value, takes all of it back and is thrown. */
  run<T>(transaction: (tx: Tx<S>) => T): { readonly value: T; readonly steps: readonly Step[] } {
    assert(this.#steps === undefined, 'a transaction is running: it cannot start another one');
    const steps: Step[] = [];
    this.#steps = steps;
    try {
      const value = transaction(this.#tx);
      assert(!isPromise(value), 'a transaction is synchronous: it must not return a promise');
      return { value, steps };
    } catch (error) {
      this.undo(steps);
      throw error;
    } finally {
      this.#steps = undefined;
    }
  }

  /** Takes steps back, the last one first. */
  undo(steps: readonly Step[]): void {
    for (let i = steps.length - 1; i >= 0; i--) {
      const step = steps[i];
      if (step !== undefined) this.#set({ ...step, before: step.after, after: step.before });
    }
  }

  /** Makes loaded records all that the empty table holds: no transaction, no undo. */
  restore(table: Table, entries: Map<string, Entry>, inOrder: readonly Entry[]): void {
    const projections = this.#projections.get(table.name) ?? [];
    table.fill(entries, inOrder, (entry) => {
      if (this.#freeze && !Object.isFrozen(entry.record)) {
        freezeRecord(entry.record, `${table.name}/${entry.key}`, table.like(entry.record));
      }
      for (const projection of projections) {
        projection.apply({ table: table.name, before: undefined, after: entry.record as unknown as undefined });
      }
    });
    this.lastCreated = Math.max(this.lastCreated, inOrder.at(-1)?.created ?? 0);
  }

  put(table: Table, record: object): void {
    const steps = this.#openSteps();
    const key = table.keyOf(record);
    const entry = table.entry(key);
    if (entry?.record === record) return;
    if (entry !== undefined) table.check?.(entry.record, record);
    if (this.#freeze) freezeRecord(record, `${table.name}/${key}`, table.like(record));
    const step = {
      table,
      key,
      before: versionOf(entry),
      after: { record, created: entry === undefined ? ++this.lastCreated : entry.created },
    };
    steps.push(step);
    this.#set(step);
  }

  delete(table: Table, key: string): void {
    const steps = this.#openSteps();
    const entry = table.entry(key);
    if (entry === undefined) return;
    const step = { table, key, before: versionOf(entry), after: undefined };
    steps.push(step);
    this.#set(step);
  }

  #set(step: Step): void {
    step.table.set(step.key, step.after);
    for (const projection of this.#projections.get(step.table.name) ?? []) {
      projection.apply({
        table: step.table.name,
        before: step.before?.record as undefined,
        after: step.after?.record as undefined,
      });
    }
  }

  #openSteps(): Step[] {
    assert(this.#steps !== undefined, 'the transaction has ended: its tables can no longer be written');
    return this.#steps;
  }

  #face(tableOf: (table: Table) => object): object {
    const face = {};
    for (const [name, table] of this.tables) {
      Object.defineProperty(face, name, { value: tableOf(table), enumerable: true });
    }
    Object.defineProperty(face, 'revision', { get: () => this.revision, enumerable: true });
    return face;
  }
}

/** A table as a transaction sees it. */
class TransactionTable<S extends Schema> implements TableWriter<object, string> {
  readonly #table: Table;
  readonly #state: State<S>;

  constructor(table: Table, state: State<S>) {
    this.#table = table;
    this.#state = state;
  }

  get size(): number {
    return this.#table.size;
  }

  has(key: string): boolean {
    return this.#table.has(key);
  }

  find(key: string): object | undefined {
    return this.#table.find(key);
  }

  get(key: string): object {
    return this.#table.get(key);
  }

  all(): Iterable<object> {
    return this.#table.all();
  }

  by(index: string, value: string): Iterable<object> {
    return this.#table.by(index, value);
  }

  count(index: string, value: string): number {
    return this.#table.count(index, value);
  }

  newest(index: string, value: string): object | undefined {
    return this.#table.newest(index, value);
  }

  values(index: string): Iterable<string> {
    return this.#table.values(index);
  }

  page(index: string, value: string, options: PageOptions<object>): Page<object> {
    return this.#table.page(index, value, options);
  }

  put(record: object): void {
    this.#state.put(this.#table, record);
  }

  delete(key: string): void {
    this.#state.delete(this.#table, key);
  }
}

function versionOf(entry: Entry | undefined): Version | undefined {
  return entry === undefined ? undefined : { record: entry.record, created: entry.created };
}

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** One change per record: from what it was before the first step to what it is after the last. */
export function mergeSteps(steps: readonly Step[]): readonly Step[] {
  if (steps.length === 1) return steps;
  const merged = new Map<Table, Map<string, Step>>();
  for (const step of steps) {
    let ofTable = merged.get(step.table);
    if (ofTable === undefined) {
      ofTable = new Map();
      merged.set(step.table, ofTable);
    }
    const earlier = ofTable.get(step.key);
    ofTable.set(step.key, earlier === undefined ? step : { ...step, before: earlier.before });
  }
  return [...merged.values()].flatMap((ofTable) => [...ofTable.values()].filter(changesSomething));
}

function changesSomething(step: Step): boolean {
  return step.before?.record !== step.after?.record || step.before?.created !== step.after?.created;
}
