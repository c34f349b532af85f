import type { HostedZone, ResourceRecordSet } from '#model';
import type { RoadsteadView } from '#store';
import type { NameRecordDocument } from '#wire/link';
import { type Compiled, everywhere, type HostScope, scopeOfAccount, scopeOfVpc } from './compiler.ts';

/** Zones and record sets of Route 53 as documents. Ids of names are `<zone>/<name>/<type>`; zones' begin with `Z`. */

type NameType = NameRecordDocument['type'];

/** Those that hosts answer; the start of authority follows from the zone. */
const types: ReadonlySet<string> = new Set<NameType>(['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'PTR', 'SRV', 'TXT']);

/** An alias has its target's time to live; a balancer's is this long, seconds. */
const aliasTtl = 60;

export function compileHostedZone(view: RoadsteadView, zoneId: string): Compiled<'zone'> | undefined {
  const zone = view.hostedZones.find(zoneId);
  if (zone === undefined) return undefined;
  const vpcIds = zone.isPrivate ? zone.vpcs.map(({ vpcId }) => vpcId) : ('all' as const);
  const body = { name: plainName(zone.name), vpcIds, negativeTtl: negativeTtl(view, zone) };
  return { body, scopes: scopesOfZone(zone) };
}

/** Hosts that have something of its VPCs, and the account's own instances there; of a public zone all. */
function scopesOfZone({ isPrivate, vpcs, accountId }: HostedZone): readonly HostScope[] {
  if (!isPrivate) return [everywhere];
  const scopes = vpcs.flatMap(({ vpcId, region }) => [scopeOfVpc(vpcId), scopeOfAccount({ accountId, region })]);
  return [...new Set(scopes)];
}

/** The least of the record's time to live and its last number (RFC 2308). */
function negativeTtl(view: RoadsteadView, { hostedZoneId, name }: HostedZone): number {
  for (const { type, ttl = 0, values } of view.resourceRecordSets.by('name', `${hostedZoneId}/${name}`)) {
    if (type === 'SOA') return Math.min(ttl, Number(/(\d+)\s*$/.exec(values[0] ?? '')?.[1] ?? 0));
  }
  return 0;
}

export function idOfRecordSet({ hostedZoneId, name, type }: ResourceRecordSet): string {
  return `${hostedZoneId}/${name}/${type}`;
}

export function isRecordSetId(id: string): boolean {
  return id.startsWith('Z');
}

/** All record sets of a name and type, as one. */
export function compileRecordSet(view: RoadsteadView, id: string): Compiled<'name'> | undefined {
  const [zoneId = '', name = '', type = ''] = id.split('/');
  const zone = view.hostedZones.find(zoneId);
  if (zone === undefined || !types.has(type)) return undefined;
  const sets = [...view.resourceRecordSets.by('name', `${zoneId}/${name}`)].filter((set) => set.type === type);
  const chosen = chosenOf(sets, zone).filter(isAnswered);
  const [first] = chosen;
  if (first === undefined) return undefined;
  const routing =
    first.multiValueAnswer === undefined ? (first.weight === undefined ? 'simple' : 'weighted') : 'multivalue';
  const body = {
    zoneId,
    name: plainName(name),
    type: type as NameType,
    ttl: Math.min(...chosen.map(({ ttl = aliasTtl }) => ttl)),
    routing,
    values: chosen.flatMap(valuesOf),
  } as const;
  return { body, scopes: scopesOfZone(zone) };
}

/**
 * Without health checks the primary answers; nearness is that of the zone's first region. Weighted and multivalue sets are
 * chosen among with every question.
 */
function chosenOf(sets: readonly ResourceRecordSet[], { vpcs }: HostedZone): readonly ResourceRecordSet[] {
  const [first] = sets;
  if (first === undefined || first.weight !== undefined || first.multiValueAnswer !== undefined) return sets;
  const near =
    sets.find(({ failover }) => failover === 'PRIMARY') ??
    sets.find(({ region }) => region !== undefined && region === vpcs[0]?.region) ??
    sets.find(({ geoLocation }) => geoLocation?.countryCode === '*') ??
    first;
  return [near];
}

/** Aliases are answered by addresses alone. */
function isAnswered({ aliasTarget, type, values }: ResourceRecordSet): boolean {
  return aliasTarget === undefined ? values.length > 0 : type === 'A' || type === 'AAAA';
}

function valuesOf({ values, aliasTarget, weight }: ResourceRecordSet): NameRecordDocument['values'] {
  const weighted = weight === undefined ? {} : { weight };
  if (aliasTarget !== undefined) return [{ value: plainName(aliasTarget.dnsName), alias: true, ...weighted }];
  return values.map((value) => ({ value, ...weighted }));
}

/** Without the last dot, unusual characters as they are: `*.example.com`. */
function plainName(name: string): string {
  return name
    .replace(/\.$/, '')
    .replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
