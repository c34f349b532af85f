import { type HostedZone, type ResourceRecordSet, recordSetKey } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { invalidChangeBatch, limitsExceeded } from './errors.ts';
import { limits } from './limits.ts';
import { isInZone } from './names.ts';
import { type ChangeAction, routingOf } from './record-set.ts';
import { valueProblems } from './record-values.ts';

export interface ZoneChange {
  readonly action: ChangeAction;
  readonly set: ResourceRecordSet;
}

/**
 * Carries out a batch: all of it or, when anything is wrong, nothing. Every change sees what those before it did.
 * Throws InvalidChangeBatch with all that is wrong.
 */
export function applyBatch(tx: RoadsteadTx, zone: HostedZone, changes: readonly ZoneChange[]): void {
  const problems = changes.flatMap((change) => {
    const found = problemsOf(tx, zone, change);
    if (found.length === 0) carryOut(tx, change);
    return found;
  });
  if (problems.length > 0) throw invalidChangeBatch(problems);
  const missing = missingOf(tx, zone);
  if (missing !== undefined) throw invalidChangeBatch([missing]);
  if (tx.resourceRecordSets.count('zone', zone.hostedZoneId) > limits.recordSetsPerZone) {
    const count = `MAX_RRSETS_BY_ZONE=${limits.recordSetsPerZone}`;
    throw limitsExceeded(`Number of records limit of ${limits.recordSetsPerZone} exceeded: ${count}.`);
  }
}

function carryOut(tx: RoadsteadTx, { action, set }: ZoneChange): void {
  if (action === 'DELETE') tx.resourceRecordSets.delete(recordSetKey(set));
  else tx.resourceRecordSets.put(set);
}

function problemsOf(view: RoadsteadView, zone: HostedZone, { action, set }: ZoneChange): readonly string[] {
  if (!isInZone(set.name, zone.name)) {
    return [`RRSet with DNS name ${set.name} is not permitted in zone ${zone.name}`];
  }
  const current = view.resourceRecordSets.find(recordSetKey(set));
  if (action === 'DELETE') return deletionProblems(current, set);
  if (action === 'CREATE' && current !== undefined) {
    return [`Tried to create resource record set ${shown(set)} but it already exists`];
  }
  const values = valueProblems(set.type, set.values);
  return values.length > 0 ? values : placeProblems(view, zone, set);
}

function deletionProblems(current: ResourceRecordSet | undefined, set: ResourceRecordSet): readonly string[] {
  if (current === undefined) return [`Tried to delete resource record set ${shown(set)} but it was not found`];
  if (sameContent(current, set)) return [];
  return [`Tried to delete resource record set ${shown(set)} but the values provided do not match the current values`];
}

function shown({ name, type, setIdentifier }: ResourceRecordSet): string {
  const identifier = setIdentifier === undefined ? '' : `, set identifier='${setIdentifier}'`;
  return `[name='${name}', type='${type}'${identifier}]`;
}

function sameContent(a: ResourceRecordSet, b: ResourceRecordSet): boolean {
  const content = (set: ResourceRecordSet): string => {
    const { values, aliasTarget, ttl, weight, region, failover, geoLocation, multiValueAnswer } = set;
    const alias = aliasTarget && [aliasTarget.hostedZoneId, aliasTarget.dnsName, aliasTarget.evaluateTargetHealth];
    const geo = geoLocation && [geoLocation.continentCode, geoLocation.countryCode, geoLocation.subdivisionCode];
    return JSON.stringify([[...values].sort(), alias, ttl, weight, region, failover, geo, multiValueAnswer]);
  };
  return content(a) === content(b);
}

/** What else of the zone the record set does not go with. */
function placeProblems(view: RoadsteadView, zone: HostedZone, set: ResourceRecordSet): readonly string[] {
  const { name, type, setIdentifier } = set;
  const others = [...view.resourceRecordSets.by('name', `${zone.hostedZoneId}/${name}`)].filter(
    (other) => recordSetKey(other) !== recordSetKey(set),
  );
  const rrset = `RRSet of type ${type} with DNS name ${name}`;
  if (type === 'CNAME' && name === zone.name) return [`${rrset} is not permitted at apex in zone ${zone.name}`];
  if (type === 'SOA' && name !== zone.name) return [`${rrset} is only permitted at apex in zone ${zone.name}`];
  if (others.some((other) => other.type !== type && (type === 'CNAME' || other.type === 'CNAME'))) {
    return [`${rrset} is not permitted as it conflicts with other records with the same DNS name in zone ${zone.name}`];
  }
  if (
    others.some((other) => other.type === type && (setIdentifier === undefined || routingOf(other) !== routingOf(set)))
  ) {
    const identifier = setIdentifier === undefined ? '' : `, SetIdentifier ${setIdentifier}`;
    return [
      `RRSet with DNS name ${name}, type ${type}${identifier} cannot be created as other RRSets exist with the same name and type`,
    ];
  }
  if ((type === 'CNAME' || type === 'SOA') && set.values.length > 1) return [`${rrset} can have only one value`];
  return aliasProblems(view, zone, set);
}

function aliasProblems(view: RoadsteadView, zone: HostedZone, set: ResourceRecordSet): readonly string[] {
  const alias = set.aliasTarget;
  if (alias === undefined || alias.hostedZoneId !== zone.hostedZoneId) return [];
  const tried = `Tried to create an alias that targets ${alias.dnsName}, type ${set.type} in zone ${alias.hostedZoneId}, but`;
  if (!isInZone(alias.dnsName, zone.name))
    return [`${tried} the alias target name does not lie within the target zone`];
  for (const target of view.resourceRecordSets.by('name', `${zone.hostedZoneId}/${alias.dnsName}`)) {
    if (target.type === set.type && target.name !== set.name) return [];
  }
  return [`${tried} that target was not found`];
}

/** What every zone must go on having. */
function missingOf(view: RoadsteadView, zone: HostedZone): string | undefined {
  const types = new Set(
    [...view.resourceRecordSets.by('name', `${zone.hostedZoneId}/${zone.name}`)].map(({ type }) => type),
  );
  if (!types.has('SOA')) return 'A HostedZone must contain exactly one SOA record.';
  return types.has('NS') ? undefined : 'A HostedZone must contain at least one NS record for the zone itself.';
}
