/** A look, and what it was made from beside its record. */
interface Shown {
  readonly look: object;
  readonly sources: readonly unknown[];
}

/**
 * What records look like to callers. A record never changes, so neither does that: it is made once, frozen, and kept
 * while there is room, because who waits for something asks again and again. Of each kind of record one look only.
 */
export class ShownRecords {
  readonly #most: number;
  readonly #shown = new Map<object, Shown>();

  /** `most` records are kept; then the oldest leave. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How the record looks. With `sources`, everything else that this depends on: as long as they are the same too. */
  of<R extends object, S extends object>(
    record: R,
    present: (record: R) => S,
    sources: readonly unknown[] = nothingElse,
  ): S {
    const known = this.#shown.get(record);
    if (known !== undefined && areSame(known.sources, sources)) return known.look as S;
    const look = Object.freeze(present(record));
    if (known === undefined && this.#shown.size >= this.#most) {
      const oldest = this.#shown.keys().next();
      if (oldest.done === false) this.#shown.delete(oldest.value);
    }
    this.#shown.set(record, { look, sources });
    return look;
  }
}

const nothingElse: readonly unknown[] = [];

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((each, index) => each === others[index]);
}
