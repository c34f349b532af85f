import { createHash } from 'node:crypto';
import { integerBelow, SeededRandom } from '#base';

/** Both ends included. */
export type Span = readonly [min: number, max: number];

/** Choices drawn from a seed. A name gives every part its own stream, so that one part less leaves the others as they were. */
export class Draw {
  readonly random: SeededRandom;

  constructor(seed: number, name: string) {
    this.random = new SeededRandom(createHash('sha256').update(`${seed} ${name}`).digest().readUInt32LE());
  }

  below(bound: number): number {
    return integerBelow(this.random, bound);
  }

  between([min, max]: Span): number {
    return min + this.below(max - min + 1);
  }

  /** True in so many of a hundred cases. */
  percent(percent: number): boolean {
    return this.below(10_000) < percent * 100;
  }

  /** From 0 to just below 1. */
  fraction(): number {
    return this.below(1_000_000) / 1_000_000;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  /** How many of something that happens `expected` times on average. */
  count(expected: number): number {
    return Math.floor(expected) + (this.fraction() < expected % 1 ? 1 : 0);
  }
}
