import {
  type AccountId,
  type DiscoveryNamespace,
  type HostedZone,
  instanceNames,
  type RecordType,
  type ResourceRecordSet,
  serviceNames,
} from '#model';
import type { RoadsteadView } from '#store';
import type { OperationContext } from '../operation.ts';
import { managedByCloudMap, noSuchHostedZone } from './errors.ts';

/** A zone as it is shown: stored, or a Cloud Map namespace. */
export interface ShownZone extends HostedZone {
  /** Of what Cloud Map made. */
  readonly namespaceId?: string;
}

type Caller = Pick<OperationContext, 'scope'>;

/** Ids come with or without their path. */
export function zoneIdFrom(text: string): string {
  return text.replace(/^\/?(?:hostedzone\/)?/, '');
}

/** The caller's zone. Throws NoSuchHostedZone. */
export function getZone(view: RoadsteadView, hostedZoneId: string, { scope }: Caller): ShownZone {
  const stored = view.hostedZones.find(hostedZoneId);
  if (stored !== undefined && stored.accountId === scope.accountId) return stored;
  const namespace = view.discoveryNamespaces.newest('zone', hostedZoneId);
  if (namespace !== undefined && namespace.accountId === scope.accountId) return zoneOf(namespace);
  throw noSuchHostedZone(hostedZoneId);
}

/** The caller's zone, if it is not Cloud Map's to change. */
export function getOwnZone(view: RoadsteadView, hostedZoneId: string, caller: Caller): HostedZone {
  const zone = getZone(view, hostedZoneId, caller);
  if (zone.namespaceId !== undefined) throw managedByCloudMap(hostedZoneId, zone.namespaceId);
  return zone;
}

/** All zones of an account, its namespaces' included. */
export function zonesOf(view: RoadsteadView, accountId: AccountId): ShownZone[] {
  const namespaces = [...view.discoveryNamespaces.all()].filter(
    (namespace) => namespace.accountId === accountId && namespace.hostedZoneId !== undefined,
  );
  return [...view.hostedZones.by('account', accountId), ...namespaces.map(zoneOf)];
}

function zoneOf(namespace: DiscoveryNamespace): ShownZone {
  const { accountId, region, namespaceId, name, vpcId, description, tags, createdAt, hostedZoneId = '' } = namespace;
  return {
    accountId,
    hostedZoneId,
    name: `${name.toLowerCase()}.`,
    callerReference: namespace.creatorRequestId ?? namespaceId,
    ...(description === undefined ? {} : { comment: description }),
    isPrivate: vpcId !== undefined,
    vpcs: vpcId === undefined ? [] : [{ vpcId, region }],
    nameServers: nameServers,
    tags,
    createdAt,
    namespaceId,
  };
}

/** What zones would be delegated to; they are answered for by the resolver of each host, under no name. */
export const nameServers: readonly string[] = [1, 2, 3, 4].map((i) => `ns-${i}.roadstead.localhost`);

/** How long an answer that there is nothing may be kept is the last number. */
export function soaOf(negativeTtl: number): string {
  return `${nameServers[0]}. hostmaster.roadstead.localhost. 1 7200 900 1209600 ${negativeTtl}`;
}

/** The record sets every zone starts with. */
export function requiredRecordSets(hostedZoneId: string, name: string, negativeTtl: number): ResourceRecordSet[] {
  const zone = { hostedZoneId, name };
  return [
    { ...zone, type: 'NS', ttl: 172_800, values: nameServers.map((server) => `${server}.`) },
    { ...zone, type: 'SOA', ttl: 900, values: [soaOf(negativeTtl)] },
  ];
}

/** The record sets of a zone; a namespace's follow from what is registered. */
export function recordSetsOf(view: RoadsteadView, zone: ShownZone): ResourceRecordSet[] {
  if (zone.namespaceId === undefined) return [...view.resourceRecordSets.by('zone', zone.hostedZoneId)];
  const { hostedZoneId, namespaceId } = zone;
  const namespace = view.discoveryNamespaces.find(namespaceId);
  if (namespace === undefined) return [];
  const sets = requiredRecordSets(hostedZoneId, zone.name, namespace.soaTtl ?? 0);
  for (const service of view.discoveryServices.by('namespace', namespaceId)) {
    const instances = [...view.discoveryInstances.by('service', service.serviceId)];
    const names = [
      ...serviceNames(namespace, service, instances),
      ...instances.flatMap((instance) => instanceNames(namespace, service, instance)),
    ];
    for (const { name, type, ttl, values } of names) {
      const texts = values.map(({ value }) => value);
      sets.push({ hostedZoneId, name: `${name}.`, type: type satisfies RecordType, ttl, values: texts });
    }
  }
  return sets;
}

/** How many record sets a zone has. */
export function recordSetCount(view: RoadsteadView, zone: ShownZone): number {
  return zone.namespaceId === undefined
    ? view.resourceRecordSets.count('zone', zone.hostedZoneId)
    : recordSetsOf(view, zone).length;
}
