import type { ContainerInstance } from '#model';
import { type Column, Order } from './order.ts';

export type Resource = 'cpu' | 'memory';

/** What a host is shelved by: its value of an attribute, or nothing at all. */
export type ShelfKey = (instance: Pick<ContainerInstance, 'attributes'>) => string | undefined;

/**
 * The hosts of one value, in ascending order of one resource. They are in rows by the binary magnitude of the other
 * resource, so that who needs some of it does not walk past all the hosts that have none.
 */
export interface Shelf {
  readonly key: string | undefined;
  readonly rows: Order[];
  /** Hosts in all rows. */
  size: number;
}

/** The rows whose hosts may have at least so much of the resource that they are not ordered by. */
export function rowsWith(shelf: Shelf, least: number): readonly Order[] {
  return shelf.rows.slice(magnitude(least));
}

/** The hosts of one pool on shelves, one per value; none is empty. */
export class Arrangement {
  readonly #keyOf: ShelfKey;
  readonly #by: Column;
  readonly #other: Column;
  readonly #shelves = new Map<string | undefined, Shelf>();
  readonly #shelfOf: (Shelf | undefined)[] = [];
  readonly #resource: Resource;

  /** Ordered by `resource`. */
  constructor(keyOf: ShelfKey, resource: Resource, columns: Readonly<Record<Resource, Column>>) {
    this.#keyOf = keyOf;
    this.#resource = resource;
    this.#by = columns[resource];
    this.#other = resource === 'cpu' ? columns.memory : columns.cpu;
  }

  shelves(): Iterable<Shelf> {
    return this.#shelves.values();
  }

  shelfOf(slot: number): Shelf | undefined {
    return this.#shelfOf[slot];
  }

  add(slot: number, instance: Pick<ContainerInstance, 'attributes'>): void {
    const key = this.#keyOf(instance);
    const shelf = this.#shelves.get(key) ?? { key, rows: [], size: 0 };
    this.#shelves.set(key, shelf);
    this.#shelfOf[slot] = shelf;
    shelf.size += 1;
    this.#row(shelf, valueAt(this.#other, slot)).add(slot, valueAt(this.#by, slot));
  }

  remove(slot: number): void {
    const shelf = this.#shelfOf[slot];
    if (shelf === undefined) return;
    this.#row(shelf, valueAt(this.#other, slot)).remove(slot);
    this.#shelfOf[slot] = undefined;
    shelf.size -= 1;
    if (shelf.size === 0) this.#shelves.delete(shelf.key);
  }

  /** Puts a host where it belongs with what it will have free. To be called before the columns have it. */
  move(slot: number, free: Readonly<Record<Resource, number>>): void {
    const shelf = this.#shelfOf[slot];
    if (shelf === undefined) return;
    const value = free[this.#resource];
    const from = this.#row(shelf, valueAt(this.#other, slot));
    const to = this.#row(shelf, this.#resource === 'cpu' ? free.memory : free.cpu);
    if (from === to) {
      from.move(slot, value);
    } else {
      from.remove(slot);
      to.add(slot, value);
    }
  }

  #row({ rows }: Shelf, other: number): Order {
    const index = magnitude(other);
    while (rows.length <= index) rows.push(new Order(this.#by));
    return rows[index] as Order;
  }
}

function valueAt(column: Column, slot: number): number {
  return column.values[slot] ?? 0;
}

/** 0 for less than 1, else one more than the whole binary logarithm. */
function magnitude(value: number): number {
  return value < 1 ? 0 : Math.floor(Math.log2(value)) + 1;
}
