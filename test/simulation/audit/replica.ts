import type { ContainerInstance, NetworkInterface, Service, Task, TaskSet } from '#model';
import { Rows } from './rows.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- records as the journal's text has them
type Raw = any;

/** One record's change in a commit, as the journal tells it. */
export interface RecordChange {
  readonly table: string;
  readonly key: string;
  readonly before: Raw;
  readonly after: Raw;
}

export interface Transaction {
  readonly revision: number;
  readonly writer: string;
  readonly changes: readonly RecordChange[];
}

interface Tables {
  readonly tasks: ReadonlyMap<string, Task>;
  readonly services: ReadonlyMap<string, Service>;
  readonly taskSets: ReadonlyMap<string, TaskSet>;
  readonly containerInstances: ReadonlyMap<string, ContainerInstance>;
  readonly networkInterfaces: ReadonlyMap<string, NetworkInterface>;
}

/**
 * The durable state, made from nothing but the bytes that are on the disk: what a recovery has to give back. It shares
 * no code with the store.
 */
export class Replica {
  revision = 0;
  readonly #tables = new Map<string, Map<string, Raw>>();

  /** The records of a table, by key. */
  table<T extends string>(name: T): T extends keyof Tables ? Tables[T] : ReadonlyMap<string, Raw> {
    return this.#table(name) as unknown as T extends keyof Tables ? Tables[T] : ReadonlyMap<string, Raw>;
  }

  get tableNames(): Iterable<string> {
    return this.#tables.keys();
  }

  /** Applies the transactions of one batch; gives each right after it was applied. */
  *apply(body: Uint8Array): Generator<Transaction, void, undefined> {
    const transactions = JSON.parse(new TextDecoder().decode(body)) as [number, string, Raw[]][];
    for (const [revision, writer, stored] of transactions) {
      this.revision = revision;
      const rows = new Rows();
      yield { revision, writer, changes: stored.flatMap((item) => this.#item(item, rows)) };
    }
  }

  #item(item: Raw[], rows: Rows): RecordChange[] {
    if (typeof item[0] === 'number') return [this.#row(item as Parameters<Rows['record']>[0], rows)];
    if (typeof item[1] === 'number') {
      rows.shape(item[0], item[1], item[2]);
      return [];
    }
    if (item[0] === 'c') rows.created(item[1], item[4]);
    return [this.#change(item as [string, string, string, Raw, Raw])];
  }

  #row(row: Parameters<Rows['record']>[0], rows: Rows): RecordChange {
    const [, place, , key] = row;
    const table = this.#table(rows.table);
    const before: Raw = place === null ? table.get(key) : undefined;
    const after: Raw = rows.record(row, before);
    table.set(key, after);
    return { table: rows.table, key, before, after };
  }

  #change([kind, name, key, first, second]: [string, string, string, Raw, Raw]): RecordChange {
    const table = this.#table(name);
    const before: Raw = table.get(key);
    let after: Raw;
    if (kind === 'c') after = second;
    if (kind === 'u') {
      after = { ...before, ...first };
      for (const field of second as string[]) delete after[field];
    }
    if (after === undefined) table.delete(key);
    else table.set(key, after);
    return { table: name, key, before: kind === 'c' ? undefined : before, after };
  }

  #table(name: string): Map<string, Raw> {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new Map();
      this.#tables.set(name, table);
    }
    return table;
  }
}
