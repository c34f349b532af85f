import type { AliasTarget, RecordType, ResourceRecordSet } from '#model';
import { invalidChangeBatch, invalidInput, noSuchHealthCheck } from './errors.ts';
import { parseName } from './names.ts';
import { zoneIdFrom } from './zone.ts';

export type ChangeAction = 'CREATE' | 'DELETE' | 'UPSERT';

/** A record set as requests have it. */
export interface RecordSetInput {
  readonly Name: string;
  readonly Type: string;
  readonly SetIdentifier?: string | undefined;
  readonly Weight?: number | undefined;
  readonly Region?: string | undefined;
  readonly Failover?: 'PRIMARY' | 'SECONDARY' | undefined;
  readonly MultiValueAnswer?: boolean | undefined;
  readonly GeoLocation?: GeoLocationInput | undefined;
  readonly TTL?: number | undefined;
  readonly ResourceRecords?: readonly { readonly Value: string }[] | undefined;
  readonly AliasTarget?: AliasInput | undefined;
  readonly HealthCheckId?: string | undefined;
  readonly TrafficPolicyInstanceId?: string | undefined;
  readonly CidrRoutingConfig?: object | undefined;
  readonly GeoProximityLocation?: object | undefined;
}

interface GeoLocationInput {
  readonly ContinentCode?: string | undefined;
  readonly CountryCode?: string | undefined;
  readonly SubdivisionCode?: string | undefined;
}

interface AliasInput {
  readonly HostedZoneId: string;
  readonly DNSName: string;
  readonly EvaluateTargetHealth: boolean;
}

const routings = ['Weight', 'Region', 'Failover', 'GeoLocation', 'MultiValueAnswer'] as const;

/** The record set a change speaks of. Throws InvalidInput and InvalidChangeBatch; what the zone says to it is checked later. */
export function recordSetFrom(hostedZoneId: string, action: ChangeAction, input: RecordSetInput): ResourceRecordSet {
  requireServed(input);
  requireOneContent(action, input);
  requireRouting(action, input);
  const parsed = parseName(input.Name);
  if ('problem' in parsed) {
    throw invalidChangeBatch([`FATAL problem: ${parsed.problem} encountered with '${input.Name}'`]);
  }
  const { SetIdentifier, Weight, Region, Failover, MultiValueAnswer, GeoLocation, TTL, ResourceRecords } = input;
  return {
    hostedZoneId,
    name: parsed.name,
    type: input.Type as RecordType,
    ...(SetIdentifier === undefined ? {} : { setIdentifier: SetIdentifier }),
    ...(Weight === undefined ? {} : { weight: Weight }),
    ...(Region === undefined ? {} : { region: Region }),
    ...(Failover === undefined ? {} : { failover: Failover }),
    ...(MultiValueAnswer === undefined ? {} : { multiValueAnswer: MultiValueAnswer }),
    ...(GeoLocation === undefined ? {} : { geoLocation: geoLocationFrom(GeoLocation) }),
    ...(TTL === undefined ? {} : { ttl: TTL }),
    values: (ResourceRecords ?? []).map(({ Value }) => Value),
    ...(input.AliasTarget === undefined ? {} : { aliasTarget: aliasFrom(input.AliasTarget) }),
  };
}

function requireServed(input: RecordSetInput): void {
  for (const member of ['TrafficPolicyInstanceId', 'CidrRoutingConfig', 'GeoProximityLocation'] as const) {
    if (input[member] === undefined) continue;
    throw invalidInput(`${member} cannot be used: it is not part of this version of Roadstead.`);
  }
  if (input.HealthCheckId !== undefined) throw noSuchHealthCheck(input.HealthCheckId);
}

function requireOneContent(action: ChangeAction, input: RecordSetInput): void {
  const hasRecords = input.TTL !== undefined && (input.ResourceRecords?.length ?? 0) > 0;
  const hasAlias = input.AliasTarget !== undefined;
  if (hasRecords !== hasAlias && !(hasAlias && (input.TTL !== undefined || input.ResourceRecords !== undefined)))
    return;
  const found = hasAlias ? 'more than one' : 'none';
  throw invalidInput(
    'Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or ' +
      `TrafficPolicyInstanceId], but found ${found} in ${describe(action, input)}`,
  );
}

function requireRouting(action: ChangeAction, input: RecordSetInput): void {
  const used = routings.filter((member) => input[member] !== undefined);
  if (used.length > 1 || (used.length === 0 && input.SetIdentifier !== undefined)) {
    throw invalidInput(
      'Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, or MultiValueAnswer], but found ' +
        `${used.length === 0 ? 'none' : 'more than one'} in ${describe(action, input)}`,
    );
  }
  if (used.length === 1 && input.SetIdentifier === undefined) {
    throw invalidInput(`Invalid request: Missing field 'SetIdentifier' in ${describe(action, input)}`);
  }
}

function describe(action: ChangeAction, { Name, Type, SetIdentifier }: RecordSetInput): string {
  return `Change with [Action=${action}, Name=${Name}, Type=${Type}, SetIdentifier=${SetIdentifier ?? 'null'}]`;
}

function geoLocationFrom({ ContinentCode, CountryCode, SubdivisionCode }: GeoLocationInput) {
  return {
    ...(ContinentCode === undefined ? {} : { continentCode: ContinentCode }),
    ...(CountryCode === undefined ? {} : { countryCode: CountryCode }),
    ...(SubdivisionCode === undefined ? {} : { subdivisionCode: SubdivisionCode }),
  };
}

function aliasFrom({ HostedZoneId, DNSName, EvaluateTargetHealth }: AliasInput): AliasTarget {
  const parsed = parseName(DNSName);
  if ('problem' in parsed) throw invalidChangeBatch([`FATAL problem: ${parsed.problem} encountered with '${DNSName}'`]);
  return { hostedZoneId: zoneIdFrom(HostedZoneId), dnsName: parsed.name, evaluateTargetHealth: EvaluateTargetHealth };
}

/** Which way of choosing among several record sets of a name and type is used. */
export function routingOf(set: ResourceRecordSet): string {
  if (set.weight !== undefined) return 'weighted';
  if (set.region !== undefined) return 'latency';
  if (set.failover !== undefined) return 'failover';
  if (set.geoLocation !== undefined) return 'geolocation';
  return set.multiValueAnswer === undefined ? 'simple' : 'multivalue';
}
