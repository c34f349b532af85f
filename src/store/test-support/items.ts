import { silentLogger } from '#base';
import type { Journal } from '../journal.ts';
import { openStore, type StoreOptions } from '../open-store.ts';
import type { Change, Projection, Store, TableDefinition } from '../types.ts';

/** A record for tests of the store itself. */
export interface Item {
  readonly id: string;
  readonly owner?: string;
  readonly labels: readonly string[];
  readonly count: number;
  readonly text?: string;
}

export interface Note {
  readonly name: string;
  readonly about: string;
}

const items: TableDefinition<Item, 'owner' | 'label'> = {
  key: (item) => item.id,
  indexes: { owner: (item) => item.owner, label: (item) => item.labels },
};
const notes: TableDefinition<Note, 'about'> = { key: (note) => note.name, indexes: { about: (note) => note.about } };

export const itemSchema = { items, notes };
export type ItemSchema = typeof itemSchema;
export type ItemStore = Store<ItemSchema>;

export function item(id: string, fields: Partial<Item> = {}): Item {
  return { id, labels: [], count: 0, ...fields };
}

export function openItems(journal: Journal, options: Partial<StoreOptions<ItemSchema>> = {}): Promise<ItemStore> {
  return openStore(itemSchema, { journal, logger: silentLogger, ...options });
}

/** The counts of each owner's items, summed. */
export class Sums implements Projection<ItemSchema> {
  readonly tables = ['items'] as const;
  readonly byOwner = new Map<string, number>();

  apply({ before, after }: Pick<Change<ItemSchema>, 'before' | 'after'>): void {
    this.#add(before as Item | undefined, -1);
    this.#add(after as Item | undefined, 1);
  }

  /** The same by the plainest means. */
  static of(store: ItemStore): ReadonlyMap<string, number> {
    const sums = new Sums();
    for (const each of store.view.items.all()) sums.#add(each, 1);
    return sums.byOwner;
  }

  #add(each: Item | undefined, sign: number): void {
    if (each?.owner === undefined) return;
    this.byOwner.set(each.owner, (this.byOwner.get(each.owner) ?? 0) + sign * each.count);
  }
}

/** Everything in a store, with its order of creation: two stores with equal contents behave alike. */
export function contentsOf(store: ItemStore): unknown {
  const { view } = store;
  const owners = [...view.items.values('owner')].toSorted();
  const labels = [...view.items.values('label')].toSorted();
  return {
    revision: view.revision,
    items: [...view.items.all()],
    notes: [...view.notes.all()],
    owners: owners.map((owner) => [owner, [...view.items.by('owner', owner)].map(({ id }) => id)]),
    labels: labels.map((label) => [label, [...view.items.by('label', label)].map(({ id }) => id)]),
  };
}

/** The code of the Fault a promise rejects with; `undefined` when it does not. */
export async function faultCode(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : `no fault: ${String(error)}`;
  }
}
