import type { ReservedResources } from '#model';
import type { HostPool } from '../hosts/host-pool.ts';
import type { Scorer } from './scorer.ts';

/** Prefers the host that could take most of such tasks. */
export class MostRoom implements Scorer {
  readonly #free: { readonly cpu: Float64Array; readonly memory: Float64Array };
  readonly #cpuUnits: number;
  readonly #memoryMiB: number;

  constructor(pool: HostPool, { cpuUnits, memoryMiB }: ReservedResources) {
    this.#free = { cpu: pool.free('cpu'), memory: pool.free('memory') };
    this.#cpuUnits = Math.max(1, cpuUnits);
    this.#memoryMiB = Math.max(1, memoryMiB);
  }

  score(slot: number): number {
    return -Math.min((this.#free.cpu[slot] ?? 0) / this.#cpuUnits, -this.bound(slot));
  }

  /** What a host with no more memory than this one scores at best. */
  bound(slot: number): number {
    return -(this.#free.memory[slot] ?? 0) / this.#memoryMiB;
  }

  /** The pool counts what is free. */
  placed(): void {}
}
