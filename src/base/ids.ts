import { type Random, randomText } from './random.ts';

/** Fresh identifiers in the forms AWS uses, drawn from an injected source. */
export class Ids {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Lower-case hexadecimal text of `length` characters; 32 is the id of a task or a container instance. */
  hex(length: number): string {
    return randomText(this.#random, '0123456789abcdef', length);
  }

  /** A version 4 UUID. */
  uuid(): string {
    const hex = this.hex(30);
    const variant = randomText(this.#random, '89ab', 1);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${variant}${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
  }

  /** Decimal digits without a leading zero; 19 is the number of a deployment. */
  digits(length: number): string {
    return randomText(this.#random, '123456789', 1) + randomText(this.#random, '0123456789', length - 1);
  }

  /** Text of `length` characters from `alphabet`. */
  from(alphabet: string, length: number): string {
    return randomText(this.#random, alphabet, length);
  }

  /** The random source behind these ids, for choices that are not ids. */
  get random(): Random {
    return this.#random;
  }
}
