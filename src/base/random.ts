import { assert } from './assert.ts';

/** Randomness as a port: the system's in `main/`, a seeded one in tests and simulation. */
export interface Random {
  /** A uniform integer in [0, 2^32). */
  uint32(): number;
}

/** A seeded generator (xoshiro128**): the same seed gives the same numbers on every machine. */
export class SeededRandom implements Random {
  readonly #state = new Uint32Array(4);

  constructor(seed: number) {
    let word = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      word = (word + 0x9e3779b9) >>> 0;
      let mixed = word;
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      this.#state[i] = (mixed ^ (mixed >>> 16)) >>> 0;
    }
  }

  uint32(): number {
    const [s0, s1, s2, s3] = this.#state as unknown as [number, number, number, number];
    const scaled = Math.imul(s1, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    let t2 = s2 ^ s0;
    let t3 = s3 ^ s1;
    this.#state[1] = s1 ^ t2;
    this.#state[0] = s0 ^ t3;
    t2 ^= s1 << 9;
    this.#state[2] = t2;
    t3 = (t3 << 11) | (t3 >>> 21);
    this.#state[3] = t3;
    return result;
  }
}

/** A uniform integer in [0, bound); `bound` from 1 to 2^32. */
export function integerBelow(random: Random, bound: number): number {
  assert(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32, 'bound out of range');
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const value = random.uint32();
    if (value < limit) return value % bound;
  }
}

/** `count` random characters, each from `alphabet`. */
export function randomText(random: Random, alphabet: string, count: number): string {
  let text = '';
  for (let i = 0; i < count; i++) text += alphabet[integerBelow(random, alphabet.length)];
  return text;
}
