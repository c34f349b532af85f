import { attributeValue } from '#model';
import type { HostPool } from '../hosts/host-pool.ts';
import type { Scorer } from './scorer.ts';

/** Prefers the instance with the fewest tasks of the group. */
export class SpreadOverInstances implements Scorer {
  readonly #tasks: ReadonlyMap<number, number>;

  /** `tasks` of the group by slot, which change with each task placed. */
  constructor(tasks: ReadonlyMap<number, number>) {
    this.#tasks = tasks;
  }

  score(slot: number): number {
    return this.#tasks.get(slot) ?? 0;
  }

  /** Whoever gave the tasks counts them. */
  placed(): void {}
}

/** Prefers the attribute value with the fewest tasks of the group, counted over every host, whether it has room or not. */
export class SpreadOverAttribute implements Scorer {
  readonly #tasks = new Map<string | undefined, number>();
  readonly #valueAt: (slot: number) => string | undefined;

  constructor(pool: HostPool, tasks: ReadonlyMap<number, number>, name: string) {
    this.#valueAt = (slot) => attributeValue(pool.instanceAt(slot), name);
    for (const [slot, count] of tasks) this.#add(slot, count);
  }

  score(slot: number): number {
    return this.#tasks.get(this.#valueAt(slot)) ?? 0;
  }

  placed(slot: number): void {
    this.#add(slot, 1);
  }

  #add(slot: number, tasks: number): void {
    const value = this.#valueAt(slot);
    this.#tasks.set(value, (this.#tasks.get(value) ?? 0) + tasks);
  }
}

/**
 * The attribute that a spread strategy's field names, with or without `attribute:` before it; `undefined` for
 * `instanceId` and `host`, which are the instance itself. Hosts without the attribute share the value `undefined`.
 */
export function spreadAttribute(field: string): string | undefined {
  if (field === 'instanceId' || field === 'host') return undefined;
  return field.startsWith('attribute:') ? field.slice('attribute:'.length) : field;
}
