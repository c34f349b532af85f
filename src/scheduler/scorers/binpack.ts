import type { HostPool } from '../hosts/host-pool.ts';
import type { Scorer } from './scorer.ts';

/** Prefers the host with least left of CPU or memory. */
export class Binpack implements Scorer {
  readonly #free: Float64Array;

  constructor(pool: HostPool, resource: 'cpu' | 'memory') {
    this.#free = pool.free(resource);
  }

  score(slot: number): number {
    return this.#free[slot] ?? 0;
  }

  /** The pool counts what is free. */
  placed(): void {}
}
