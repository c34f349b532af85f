import { integerBelow, type Random } from '#base';
import type { Scorer } from './scorer.ts';

/** The part of a scorer that choosing needs. */
type Scores = Pick<Scorer, 'score'>;

/** The best of the slots it is shown, by scorers of which the first counts first. */
export class Contest {
  readonly #scorers: readonly Scores[];
  readonly #lead: number[];
  readonly #best: number[] = [];

  constructor(scorers: readonly Scores[]) {
    this.#scorers = scorers;
    this.#lead = scorers.map(() => Infinity);
  }

  /** How many are equally good so far. */
  get equals(): number {
    return this.#best.length;
  }

  /** The leader's score of the first scorer; Infinity before there is a leader. */
  get lead(): number {
    return this.#lead[0] ?? Infinity;
  }

  /** All that are equally good so far. */
  get leaders(): readonly number[] {
    return this.#best;
  }

  enter(slot: number): void {
    const order = this.#challenge(slot);
    if (order > 0) return;
    if (order < 0) this.#best.length = 0;
    this.#best.push(slot);
  }

  /** Any of the best; `undefined` when none has entered. */
  winner(random: Random): number | undefined {
    const { length } = this.#best;
    return length < 2 ? this.#best[0] : this.#best[integerBelow(random, length)];
  }

  /** Compares a slot with the lead: below 0 it takes the lead, at 0 it shares it. */
  #challenge(slot: number): number {
    const lead = this.#lead;
    for (let index = 0; index < lead.length; index++) {
      const score = this.#scorers[index]?.score(slot) ?? 0;
      const leading = lead[index] ?? 0;
      if (score > leading) return 1;
      if (score === leading) continue;
      for (let rest = index; rest < lead.length; rest++) lead[rest] = this.#scorers[rest]?.score(slot) ?? 0;
      return -1;
    }
    return 0;
  }
}
