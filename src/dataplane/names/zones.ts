import type { NameRecordDocument, NameZoneDocument } from '#wire/link';
import { rdataOf, wireOf } from './rdata.ts';
import { type Rdata, type RecordType, recordTypes } from './types.ts';

/** One value of a set; an alias has none of its own but those of another name. */
export type SetValue =
  | { readonly data: Rdata; readonly wire: Uint8Array | undefined; readonly weight: number }
  | { readonly alias: string; readonly weight: number };

/** All records of a name and type. */
export interface RecordSet {
  readonly type: number;
  readonly ttl: number;
  readonly routing: NameRecordDocument['routing'];
  readonly values: readonly SetValue[];
}

export interface Zone {
  readonly id: string;
  /** Small letters, without the last dot. */
  readonly name: string;
  readonly vpcIds: NameZoneDocument['vpcIds'];
  readonly negativeTtl: number;
  /** By name, then type. */
  readonly names: ReadonlyMap<string, ReadonlyMap<number, RecordSet>>;
  /** Names that only have others below them, with how many. */
  readonly parents: ReadonlyMap<string, number>;
}

interface StoredZone extends Zone {
  readonly names: Map<string, Map<number, RecordSet>>;
  readonly parents: Map<string, number>;
}

/** For whom a question is answered: a VPC, or the host itself, which sees every zone. */
export type Asker = { readonly vpcId: string } | 'host';

/** What the documents of zones and names come to, found by name. Records may come before their zone. */
export class Zones {
  readonly #zones = new Map<string, StoredZone>();
  /** Zones of a name, in order of their ids. */
  readonly #byName = new Map<string, StoredZone[]>();
  readonly #waiting = new Map<string, Map<string, NameRecordDocument>>();
  readonly #records = new Map<string, NameRecordDocument>();

  putZone(id: string, document: NameZoneDocument): void {
    const before = this.#zones.get(id);
    const name = plain(document.name);
    const zone: StoredZone = {
      id,
      name,
      vpcIds: document.vpcIds,
      negativeTtl: document.negativeTtl,
      names: before?.names ?? new Map<string, Map<number, RecordSet>>(),
      parents: before?.parents ?? new Map<string, number>(),
    };
    if (before !== undefined) this.#drop(before);
    this.#zones.set(id, zone);
    const all = [...(this.#byName.get(name) ?? []), zone].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#byName.set(name, all);
    for (const record of this.#waiting.get(id)?.values() ?? []) add(zone, record);
    this.#waiting.delete(id);
  }

  removeZone(id: string): void {
    const zone = this.#zones.get(id);
    if (zone === undefined) return;
    this.#drop(zone);
    this.#zones.delete(id);
    // Its records may outlive it for a moment, or it may come back.
    for (const [recordId, record] of this.#records) if (record.zoneId === id) this.#wait(recordId, record);
  }

  putName(id: string, document: NameRecordDocument): void {
    this.removeName(id);
    this.#records.set(id, document);
    const zone = this.#zones.get(document.zoneId);
    if (zone === undefined) this.#wait(id, document);
    else add(zone, document);
  }

  removeName(id: string): void {
    const before = this.#records.get(id);
    if (before === undefined) return;
    this.#records.delete(id);
    this.#waiting.get(before.zoneId)?.delete(id);
    const zone = this.#zones.get(before.zoneId);
    if (zone !== undefined) take(zone, before);
  }

  /** The zone that a name is in, as the asker sees it: of several, the one with the longest name. */
  zoneOf(key: string, asker: Asker): Zone | undefined {
    for (let name = key; ; name = parentOf(name)) {
      const found = this.#byName.get(name)?.find((zone) => isVisible(zone, asker));
      if (found !== undefined || name === '') return found;
    }
  }

  #wait(id: string, record: NameRecordDocument): void {
    let waiting = this.#waiting.get(record.zoneId);
    if (waiting === undefined) this.#waiting.set(record.zoneId, (waiting = new Map<string, NameRecordDocument>()));
    waiting.set(id, record);
  }

  #drop(zone: StoredZone): void {
    const left = (this.#byName.get(zone.name) ?? []).filter(({ id }) => id !== zone.id);
    if (left.length === 0) this.#byName.delete(zone.name);
    else this.#byName.set(zone.name, left);
  }
}

/** Small letters, without the last dot. */
export function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

export function parentOf(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
}

function isVisible({ vpcIds }: Zone, asker: Asker): boolean {
  return vpcIds === 'all' || asker === 'host' || vpcIds.includes(asker.vpcId);
}

function add(zone: StoredZone, { name, type, ttl, routing, values }: NameRecordDocument): void {
  const key = plain(name);
  const code = recordTypes[type satisfies RecordType];
  const known = values.flatMap((value): SetValue[] => {
    const weight = value.weight ?? 1;
    if (value.alias === true) return [{ alias: plain(value.value), weight }];
    const data = rdataOf(type, value.value);
    return data === undefined ? [] : [{ data, wire: wireOf(code, ttl, data), weight }];
  });
  let types = zone.names.get(key);
  if (types === undefined) {
    zone.names.set(key, (types = new Map<number, RecordSet>()));
    count(zone, key, 1);
  }
  types.set(code, { type: code, ttl, routing, values: known });
}

function take(zone: StoredZone, { name, type }: NameRecordDocument): void {
  const key = plain(name);
  const types = zone.names.get(key);
  if (types === undefined) return;
  types.delete(recordTypes[type]);
  if (types.size > 0) return;
  zone.names.delete(key);
  count(zone, key, -1);
}

/** Keeps count of the names between this one and the zone, which exist though they have no records. */
function count({ name, parents }: StoredZone, key: string, by: 1 | -1): void {
  for (let parent = parentOf(key); parent.length > name.length; parent = parentOf(parent)) {
    const now = (parents.get(parent) ?? 0) + by;
    if (now === 0) parents.delete(parent);
    else parents.set(parent, now);
  }
}
