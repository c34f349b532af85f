import type { DnsChange, HostedZone, ResourceRecordSet } from '#model';
import type { RoadsteadView } from '#store';
import { recordSetCount, type ShownZone } from './zone.ts';

/** Records as the API's shapes. */

export function presentZone(zone: ShownZone, view: RoadsteadView) {
  const { hostedZoneId, name, callerReference, comment, isPrivate, namespaceId } = zone;
  return {
    Id: `/hostedzone/${hostedZoneId}`,
    Name: name,
    CallerReference: callerReference,
    Config: { ...(comment === undefined ? {} : { Comment: comment }), PrivateZone: isPrivate },
    ResourceRecordSetCount: recordSetCount(view, zone),
    ...(namespaceId === undefined ? {} : { LinkedService: linkedService(namespaceId) }),
  };
}

function linkedService(namespaceId: string) {
  return {
    ServicePrincipal: 'servicediscovery.amazonaws.com',
    Description: `Created by AWS Cloud Map namespace ${namespaceId}`,
  };
}

export function presentVpcs({ vpcs }: Pick<HostedZone, 'vpcs'>) {
  return vpcs.map(({ vpcId, region }) => ({ VPCRegion: region as 'us-east-1', VPCId: vpcId }));
}

export function presentDelegationSet({ nameServers }: Pick<HostedZone, 'nameServers'>) {
  return { NameServers: nameServers };
}

/** `status` is PENDING in the answer of what made the change. */
export function presentChange(change: DnsChange, status: 'PENDING' | 'INSYNC') {
  return {
    Id: `/change/${change.changeId}`,
    Status: status,
    SubmittedAt: change.createdAt,
    ...(change.comment === undefined ? {} : { Comment: change.comment }),
  };
}

export function presentRecordSet(set: ResourceRecordSet) {
  const { aliasTarget: alias, geoLocation: geo } = set;
  return {
    Name: set.name,
    Type: set.type,
    ...(set.setIdentifier === undefined ? {} : { SetIdentifier: set.setIdentifier }),
    ...(set.weight === undefined ? {} : { Weight: set.weight }),
    ...(set.region === undefined ? {} : { Region: set.region as 'us-east-1' }),
    ...(geo === undefined ? {} : { GeoLocation: presentGeoLocation(geo) }),
    ...(set.failover === undefined ? {} : { Failover: set.failover }),
    ...(set.multiValueAnswer === undefined ? {} : { MultiValueAnswer: set.multiValueAnswer }),
    ...(set.ttl === undefined ? {} : { TTL: set.ttl }),
    ...(alias === undefined
      ? { ResourceRecords: set.values.map((value) => ({ Value: value })) }
      : {
          AliasTarget: {
            HostedZoneId: alias.hostedZoneId,
            DNSName: alias.dnsName,
            EvaluateTargetHealth: alias.evaluateTargetHealth,
          },
        }),
    ...(set.healthCheckId === undefined ? {} : { HealthCheckId: set.healthCheckId }),
  };
}

function presentGeoLocation(geo: NonNullable<ResourceRecordSet['geoLocation']>) {
  return {
    ...(geo.continentCode === undefined ? {} : { ContinentCode: geo.continentCode }),
    ...(geo.countryCode === undefined ? {} : { CountryCode: geo.countryCode }),
    ...(geo.subdivisionCode === undefined ? {} : { SubdivisionCode: geo.subdivisionCode }),
  };
}
