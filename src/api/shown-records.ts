import { limits } from './limits.ts';

/**
 * What records look like to callers. A record never changes, so neither does that: it is made once, frozen, and kept
 * while there is room, because who waits for something asks again and again. Of each kind of record one look only.
 */
export class ShownRecords {
  readonly #shown = new Map<object, object>();

  /** How the record looks; the oldest leaves when too many are kept. */
  of<R extends object, S extends object>(record: R, present: (record: R) => S): S {
    const known = this.#shown.get(record);
    if (known !== undefined) return known as S;
    const made = Object.freeze(present(record));
    if (this.#shown.size >= limits.shownRecords) {
      const oldest = this.#shown.keys().next();
      if (oldest.done === false) this.#shown.delete(oldest.value);
    }
    this.#shown.set(record, made);
    return made;
  }
}
