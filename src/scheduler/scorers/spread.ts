import { attributeValue } from '#model';
import type { HostView } from '../types.ts';
import type { Scorer } from './scorer.ts';

/** Prefers the field value with the fewest tasks of the group, counted over every host, whether it has room or not. */
export class Spread implements Scorer {
  readonly #bucketOf: Int32Array;
  readonly #tasks: number[] = [];

  constructor(hosts: readonly HostView[], group: string, keyOf: (host: HostView) => string | undefined) {
    this.#bucketOf = new Int32Array(hosts.length);
    const buckets = new Map<string | undefined, number>();
    for (const [slot, host] of hosts.entries()) {
      const key = keyOf(host);
      const bucket = buckets.get(key) ?? buckets.size;
      buckets.set(key, bucket);
      this.#bucketOf[slot] = bucket;
      this.#tasks[bucket] = (this.#tasks[bucket] ?? 0) + (host.tasksByGroup.get(group) ?? 0);
    }
  }

  score(slot: number): number {
    return this.#tasks[this.#bucketOf[slot] ?? 0] ?? 0;
  }

  placed(slot: number): void {
    const bucket = this.#bucketOf[slot] ?? 0;
    this.#tasks[bucket] = (this.#tasks[bucket] ?? 0) + 1;
  }
}

/**
 * What a spread strategy's field says of a host: `instanceId` and `host` are the instance itself, anything else is an
 * attribute, with or without `attribute:` before it. Hosts without the attribute share the value `undefined`.
 */
export function spreadKeyOf(field: string): (host: HostView) => string | undefined {
  const name = spreadAttribute(field);
  return name === undefined ? (host) => host.arn : (host) => attributeValue(host, name);
}

/** The attribute that a spread strategy's field names; `undefined` for the instance itself. */
export function spreadAttribute(field: string): string | undefined {
  if (field === 'instanceId' || field === 'host') return undefined;
  return field.startsWith('attribute:') ? field.slice('attribute:'.length) : field;
}
