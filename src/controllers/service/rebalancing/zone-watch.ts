import type { ServiceArn } from '#model';

interface Known {
  readonly zones: readonly string[];
  readonly services: Set<ServiceArn>;
}

/**
 * Which services compared which zones when they were last looked at. A hint to look sooner: a host that begins to take
 * tasks matters to those that did not count its zone. Services that compared the same zones are kept together.
 */
export class ZoneWatch {
  readonly #pools = new Map<string, Map<string, Known>>();
  readonly #at = new Map<ServiceArn, { readonly pool: string; readonly key: string }>();

  /** What the latest look compared; `undefined` when it compared nothing, and so will look again by itself. */
  note(service: ServiceArn, pool: string, zones: readonly string[] | undefined): void {
    const key = zones?.join(' ');
    const before = this.#at.get(service);
    if (before?.pool === pool && before.key === key) return;
    if (before !== undefined) this.#forget(service, before);
    if (zones === undefined || key === undefined) return;
    const known = this.#pools.get(pool) ?? new Map<string, Known>();
    this.#pools.set(pool, known);
    const same = known.get(key) ?? { zones, services: new Set() };
    known.set(key, same);
    same.services.add(service);
    this.#at.set(service, { pool, key });
  }

  /** Those of a pool that did not count the zone. */
  *without(pool: string, isIn: (zones: readonly string[]) => boolean): Iterable<ServiceArn> {
    for (const { zones, services } of this.#pools.get(pool)?.values() ?? []) if (!isIn(zones)) yield* services;
  }

  #forget(service: ServiceArn, { pool, key }: { readonly pool: string; readonly key: string }): void {
    const known = this.#pools.get(pool);
    const same = known?.get(key);
    same?.services.delete(service);
    if (same?.services.size === 0) known?.delete(key);
    if (known?.size === 0) this.#pools.delete(pool);
    this.#at.delete(service);
  }
}
