import type { ContainerInstance } from '#model';
import { type Column, Order } from './order.ts';

/** What a host is shelved by: its value of an attribute, or nothing at all. */
export type ShelfKey = (instance: Pick<ContainerInstance, 'attributes'>) => string | undefined;

/** The hosts of one value, in ascending order of one resource. */
export interface Shelf {
  readonly key: string | undefined;
  readonly order: Order;
}

/** The hosts of one pool on shelves, one per value; none is empty. */
export class Arrangement {
  /** What the shelves are ordered by. */
  readonly column: Column;
  readonly #keyOf: ShelfKey;
  readonly #shelves = new Map<string | undefined, Shelf>();
  readonly #shelfOf: (Shelf | undefined)[] = [];

  constructor(keyOf: ShelfKey, column: Column) {
    this.#keyOf = keyOf;
    this.column = column;
  }

  shelves(): Iterable<Shelf> {
    return this.#shelves.values();
  }

  shelfOf(slot: number): Shelf | undefined {
    return this.#shelfOf[slot];
  }

  add(slot: number, instance: Pick<ContainerInstance, 'attributes'>): void {
    const key = this.#keyOf(instance);
    let shelf = this.#shelves.get(key);
    if (shelf === undefined) {
      shelf = { key, order: new Order(this.column) };
      this.#shelves.set(key, shelf);
    }
    shelf.order.add(slot);
    this.#shelfOf[slot] = shelf;
  }

  remove(slot: number): void {
    const shelf = this.#shelfOf[slot];
    if (shelf === undefined) return;
    shelf.order.remove(slot);
    this.#shelfOf[slot] = undefined;
    if (shelf.order.length === 0) this.#shelves.delete(shelf.key);
  }

  /** To be called before the column has the new number. */
  move(slot: number, value: number): void {
    this.#shelfOf[slot]?.order.move(slot, value);
  }
}
