/** One number per slot. The array is another one when the pool has grown. */
export interface Column {
  values: Float64Array;
}

/**
 * Slots sorted by their number in a column, those with the same number by slot. Moving one is a search and a shift of
 * what lies between, which is one `memmove`: for ten thousand hosts about a microsecond.
 */
export class Order {
  readonly #column: Column;
  #slots = new Int32Array(8);
  #length = 0;

  constructor(column: Column) {
    this.#column = column;
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#slots[index] ?? 0;
  }

  /** The index of the first slot that has at least so much. */
  from(least: number): number {
    return this.#indexOf(least, -1);
  }

  /** The column may have the number later, but before anything else is asked of the order. */
  add(slot: number, value: number): void {
    const index = this.#indexOf(value, slot);
    if (this.#length === this.#slots.length) this.#slots = grown(this.#slots);
    this.#slots.copyWithin(index + 1, index, this.#length);
    this.#slots[index] = slot;
    this.#length += 1;
  }

  remove(slot: number): void {
    const index = this.#indexOf(this.#valueOf(slot), slot);
    this.#slots.copyWithin(index, index + 1, this.#length);
    this.#length -= 1;
  }

  /** Puts a slot where it belongs with another number. To be called before the column has it. */
  move(slot: number, value: number): void {
    const from = this.#indexOf(this.#valueOf(slot), slot);
    const before = this.#indexOf(value, slot);
    const to = before > from ? before - 1 : before;
    if (to > from) this.#slots.copyWithin(from, from + 1, to + 1);
    else this.#slots.copyWithin(to + 1, to, from);
    this.#slots[to] = slot;
  }

  #valueOf(slot: number): number {
    return this.#column.values[slot] ?? 0;
  }

  /** The index of the first slot that does not come before this one with this number. */
  #indexOf(value: number, slot: number): number {
    const { values } = this.#column;
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#slots[middle] ?? 0;
      const found = values[other] ?? 0;
      if (found < value || (found === value && other < slot)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function grown(slots: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(slots.length * 2);
  larger.set(slots);
  return larger;
}
