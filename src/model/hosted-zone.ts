import type { Instant } from '#base';
import type { AccountId, Region } from './arn.ts';
import type { Tag } from './tags.ts';

/**
 * Route 53's records. Zones are of an account and of no region. Those that Cloud Map makes are not stored here: they
 * are its namespaces with a `hostedZoneId`, and their record sets follow from what is registered.
 */
export interface HostedZone {
  readonly accountId: AccountId;
  /** `Z` and 20 capital letters and digits. */
  readonly hostedZoneId: string;
  /** Lower case, with the last dot: `example.com.` */
  readonly name: string;
  readonly callerReference: string;
  readonly comment?: string;
  /** Only its VPCs see a private zone; a public one is seen by all of them. */
  readonly isPrivate: boolean;
  /** Of private zones, at least one. */
  readonly vpcs: readonly ZoneVpc[];
  /** Of public zones: the names of the servers it would be delegated to. */
  readonly nameServers: readonly string[];
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
}

export interface ZoneVpc {
  readonly vpcId: string;
  readonly region: Region;
}

export type RecordType =
  | 'A'
  | 'AAAA'
  | 'CAA'
  | 'CNAME'
  | 'DS'
  | 'HTTPS'
  | 'MX'
  | 'NAPTR'
  | 'NS'
  | 'PTR'
  | 'SOA'
  | 'SPF'
  | 'SRV'
  | 'SSHFP'
  | 'SVCB'
  | 'TLSA'
  | 'TXT';

/** The record sets of one name and type are one, or several that differ in their `setIdentifier` and are chosen among. */
export interface ResourceRecordSet {
  readonly hostedZoneId: string;
  /** Whole and lower case, with the last dot; unusual characters as `\052`. */
  readonly name: string;
  readonly type: RecordType;
  readonly setIdentifier?: string;
  /** Seconds. Not with an alias, whose target has one. */
  readonly ttl?: number;
  /** In the text form of a zone file; empty with an alias. */
  readonly values: readonly string[];
  readonly aliasTarget?: AliasTarget;
  /** Weighted: one is chosen, by its weight among all; 0 to 255. */
  readonly weight?: number;
  /** Multivalue: up to eight are answered, in random order. */
  readonly multiValueAnswer?: boolean;
  readonly failover?: 'PRIMARY' | 'SECONDARY';
  /** Latency: the region the record is near to. */
  readonly region?: string;
  readonly geoLocation?: {
    readonly continentCode?: string;
    readonly countryCode?: string;
    readonly subdivisionCode?: string;
  };
  readonly healthCheckId?: string;
}

export interface AliasTarget {
  readonly hostedZoneId: string;
  /** A load balancer's name, or a record set's of the same zone; with the last dot. */
  readonly dnsName: string;
  readonly evaluateTargetHealth: boolean;
}

/** A change of zones or record sets, as GetChange tells of it. Kept for a day. */
export interface DnsChange {
  readonly accountId: AccountId;
  /** `C` and 20 capital letters and digits. */
  readonly changeId: string;
  readonly comment?: string;
  readonly createdAt: Instant;
}

export function recordSetKey({
  hostedZoneId,
  name,
  type,
  setIdentifier = '',
}: Pick<ResourceRecordSet, 'hostedZoneId' | 'name' | 'type' | 'setIdentifier'>): string {
  return `${hostedZoneId}/${name}/${type}/${setIdentifier}`;
}

export function hostedZoneArn(hostedZoneId: string): string {
  return `arn:aws:route53:::hostedzone/${hostedZoneId}`;
}
