import type { HostView } from '../types.ts';
import type { Scorer } from './scorer.ts';

/** Prefers the host with least left of CPU or memory. */
export class Binpack implements Scorer {
  readonly #free: Float64Array;
  readonly #freeOf: (host: HostView) => number;

  constructor(hosts: readonly HostView[], field: 'cpu' | 'memory') {
    this.#freeOf = field === 'cpu' ? (host) => host.freeCpuUnits : (host) => host.freeMemoryMiB;
    this.#free = Float64Array.from(hosts, this.#freeOf);
  }

  score(slot: number): number {
    return this.#free[slot] ?? 0;
  }

  placed(slot: number, host: HostView): void {
    this.#free[slot] = this.#freeOf(host);
  }
}
