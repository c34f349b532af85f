import type { ReservedResources } from '#model';
import type { HostView } from '../types.ts';
import type { Scorer } from './scorer.ts';

/** Prefers the hosts in a zone of the given subnets; zones are told apart by their letter, regions aside. */
export class InZones implements Scorer {
  readonly #outside: Uint8Array;

  constructor(hosts: readonly HostView[], zones: readonly string[]) {
    const letters = new Set(zones.map(zoneLetter));
    this.#outside = Uint8Array.from(hosts, (host) => (letters.has(zoneLetter(host.availabilityZone)) ? 0 : 1));
  }

  score(slot: number): number {
    return this.#outside[slot] ?? 1;
  }

  /** A host stays where it is. */
  placed(): void {}
}

/** Prefers the host that could take most of such tasks. */
export class MostRoom implements Scorer {
  readonly #fitting: Float64Array;
  readonly #reserves: ReservedResources;

  constructor(hosts: readonly HostView[], reserves: ReservedResources) {
    this.#reserves = reserves;
    this.#fitting = Float64Array.from(hosts, (host) => this.#fit(host));
  }

  score(slot: number): number {
    return -(this.#fitting[slot] ?? 0);
  }

  placed(slot: number, host: HostView): void {
    this.#fitting[slot] = this.#fit(host);
  }

  #fit(host: HostView): number {
    const byCpu = host.freeCpuUnits / Math.max(1, this.#reserves.cpuUnits);
    const byMemory = host.freeMemoryMiB / Math.max(1, this.#reserves.memoryMiB);
    return Math.min(byCpu, byMemory);
  }
}

/** The letter a zone's name ends in: `a` of `eu-west-1a`. */
export function zoneLetter(zone: string): string {
  return zone.slice(-1);
}
