import { integerBelow, type Random } from '#base';
import { type Interfaces, internalAnswer } from './internal-names.ts';
import { addressTypes, soaOf } from './rdata.ts';
import type { Answer } from './response.ts';
import { type ResourceRecord, rcodes, recordTypes } from './types.ts';
import { type Asker, parentOf, plain, type RecordSet, type SetValue, type Zone, type Zones } from './zones.ts';

/** What our own data says of a question. */
export type Found =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Nothing of ours: somebody else knows. */
  | { readonly kind: 'forward' }
  /** So far; the name that it led to is somebody else's. */
  | { readonly kind: 'chase'; readonly so: readonly ResourceRecord[]; readonly target: string };

export interface LookupData {
  readonly zones: Zones;
  readonly interfaces: Interfaces;
  readonly random: Random;
}

export interface Asked {
  readonly name: string;
  /** The name in small letters. */
  readonly key: string;
  readonly type: number;
}

/** CNAMEs and aliases that are followed before an answer is given up as going round in circles. */
const maxSteps = 8;
/** Source: "Multivalue answer routing": Route 53 answers up to eight. */
const maxMultivalue = 8;

/**
 * What the zones that the asker sees say. A name that is there without such records gets an empty answer, one that is
 * not there NXDOMAIN; both with the start of authority, whose time to live bounds how long clients may remember it.
 */
export function lookup(data: LookupData, asked: Asked, asker: Asker, step = 0): Found {
  const zone = data.zones.zoneOf(asked.key, asker);
  if (zone === undefined) {
    const answer = internalAnswer(data.interfaces, asked, asker);
    return answer === undefined ? { kind: 'forward' } : { kind: 'answer', answer };
  }
  const types = typesAt(zone, asked.key);
  if (types === undefined) return nothing(zone, zone.parents.has(asked.key) ? rcodes.NOERROR : rcodes.NXDOMAIN);
  const cname = types.get(recordTypes.CNAME);
  if (cname !== undefined && asked.type !== recordTypes.CNAME && asked.type !== recordTypes.ANY) {
    return chased(data, asked, asker, cname, step);
  }
  const wanted = asked.type === recordTypes.ANY ? [...types.values()] : [types.get(asked.type)];
  const answers = wanted.flatMap((set) => (set === undefined ? [] : answersOf(data, asked, asker, set, step)));
  if (asked.key === zone.name && (asked.type === recordTypes.SOA || asked.type === recordTypes.ANY)) {
    answers.push(soaRecord(zone, asked.name));
  }
  return answers.length === 0 ? nothing(zone, rcodes.NOERROR) : answered(answers);
}

function answered(answers: readonly ResourceRecord[]): Found {
  return { kind: 'answer', answer: { rcode: rcodes.NOERROR, answers, authority: [] } };
}

/** The records of a name, or of the wildcard that stands for it. The zone itself is always there. */
function typesAt(zone: Zone, key: string): ReadonlyMap<number, RecordSet> | undefined {
  const own = zone.names.get(key);
  if (own !== undefined) return own;
  if (key === zone.name) return new Map<number, RecordSet>();
  if (zone.parents.has(key)) return undefined;
  for (let parent = parentOf(key); parent.length >= zone.name.length; parent = parentOf(parent)) {
    const wildcard = zone.names.get(`*.${parent}`);
    if (wildcard !== undefined) return wildcard;
    // A wildcard stands for nothing below a name that is there.
    if (zone.names.has(parent) || zone.parents.has(parent) || parent === '') return undefined;
  }
  return undefined;
}

function nothing(zone: Zone, rcode: Answer['rcode']): Found {
  return { kind: 'answer', answer: { rcode, answers: [], authority: [soaRecord(zone, zone.name)] } };
}

function soaRecord(zone: Zone, name: string): ResourceRecord {
  return { name, type: recordTypes.SOA, ttl: zone.negativeTtl, data: soaOf(zone.name, zone.negativeTtl) };
}

/** A CNAME and what it leads to, for as far as that is ours. */
function chased(data: LookupData, asked: Asked, asker: Asker, set: RecordSet, step: number): Found {
  const [value] = chosen(set, data.random);
  if (value === undefined || !('data' in value)) return answered([]);
  const target = value.data.name ?? '';
  const here: ResourceRecord = { name: asked.name, type: recordTypes.CNAME, ttl: set.ttl, data: value.data };
  if (step >= maxSteps) return { kind: 'answer', answer: { rcode: rcodes.SERVFAIL, answers: [], authority: [] } };
  const next = lookup(data, { name: target, key: plain(target), type: asked.type }, asker, step + 1);
  if (next.kind === 'forward') return { kind: 'chase', so: [here], target };
  if (next.kind === 'chase') return { ...next, so: [here, ...next.so] };
  return { kind: 'answer', answer: { ...next.answer, answers: [here, ...next.answer.answers] } };
}

function answersOf(data: LookupData, asked: Asked, asker: Asker, set: RecordSet, step: number): ResourceRecord[] {
  const records: ResourceRecord[] = [];
  for (const value of chosen(set, data.random)) {
    if ('alias' in value) records.push(...aliased(data, asked, asker, set.type, value.alias, step));
    else records.push(recordOf(asked.name, set, value));
  }
  return records;
}

function recordOf(
  name: string,
  { type, ttl }: RecordSet,
  value: Exclude<SetValue, { readonly alias: string }>,
): ResourceRecord {
  const { data, wire } = value;
  return wire === undefined ? { name, type, ttl, data } : { name, type, ttl, data, wire };
}

/** The addresses of another name, as the alias's own. */
function aliased(
  data: LookupData,
  { name }: Asked,
  asker: Asker,
  type: number,
  alias: string,
  step: number,
): readonly ResourceRecord[] {
  if (step >= maxSteps || !addressTypes.has(type)) return [];
  const found = lookup(data, { name: alias, key: alias, type }, asker, step + 1);
  const records = found.kind === 'answer' ? found.answer.answers : [];
  return records.filter((record) => record.type === type).map((record) => ({ ...record, name }));
}

/** The values that one question gets. */
function chosen({ routing, values }: RecordSet, random: Random): readonly SetValue[] {
  if (values.length < 2) return values;
  if (routing === 'weighted') return [weighted(values, random)];
  return drawn(values, routing === 'multivalue' ? maxMultivalue : values.length, random);
}

/** Some of them, in random order. */
function drawn(values: readonly SetValue[], most: number, random: Random): readonly SetValue[] {
  const all = [...values];
  const wanted = Math.min(most, all.length);
  for (let index = 0; index < wanted; index++) {
    // Of so few values none is preferred by more than a billionth.
    const other = index + Math.floor((random.uint32() * (all.length - index)) / 2 ** 32);
    const [a, b] = [all[index], all[other]];
    if (a === undefined || b === undefined) break;
    all[index] = b;
    all[other] = a;
  }
  return all.length === wanted ? all : all.slice(0, wanted);
}

function weighted(values: readonly SetValue[], random: Random): SetValue {
  const total = values.reduce((sum, { weight }) => sum + weight, 0);
  // Where all weigh nothing, all are alike.
  let left = total === 0 ? integerBelow(random, values.length) : integerBelow(random, total);
  for (const value of values) {
    left -= total === 0 ? 1 : value.weight;
    if (left < 0) return value;
  }
  return values[0] as SetValue;
}
