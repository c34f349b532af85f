import type { DiscoveryDnsConfig, DiscoveryNamespace, DiscoveryRecordType } from '#model';
import { invalidInput } from './errors.ts';

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;

/** InvalidInput for what cannot be a zone of DNS. */
export function requireZoneName(name: string): void {
  if (name.split('.').every((each) => label.test(each))) return;
  throw invalidInput(`${name} is not a valid name for a DNS namespace.`);
}

interface RecordInput {
  readonly Type?: string | undefined;
  readonly TTL?: number | undefined;
}

interface ConfigInput {
  readonly NamespaceId?: string | undefined;
  readonly RoutingPolicy?: string | undefined;
  readonly DnsRecords?: readonly RecordInput[] | undefined;
}

/** The records a service asks for. Source: DnsRecord and DnsConfig in the API reference. */
export function dnsConfigFrom(config: ConfigInput): DiscoveryDnsConfig {
  const dnsRecords = recordsFrom(config.DnsRecords);
  const types = dnsRecords.map(({ type }) => type);
  const routingPolicy = config.RoutingPolicy === 'WEIGHTED' ? 'WEIGHTED' : 'MULTIVALUE';
  if (types.includes('CNAME')) {
    if (types.length > 1) throw invalidInput('CNAME cannot be combined with records of other types.');
    if (config.RoutingPolicy !== 'WEIGHTED') throw invalidInput('CNAME records need the routing policy WEIGHTED.');
  }
  return { routingPolicy, dnsRecords };
}

export function recordsFrom(given: readonly RecordInput[] | undefined): DiscoveryDnsConfig['dnsRecords'] {
  const records = (given ?? []).map(({ Type, TTL }) => ({ type: Type as DiscoveryRecordType, ttl: TTL ?? 0 }));
  if (records.length === 0) throw invalidInput('DnsConfig needs at least one DNS record.');
  if (new Set(records.map(({ type }) => type)).size < records.length) {
    throw invalidInput('DnsConfig has two records of the same type.');
  }
  return records;
}

/** InvalidInput where DNS does not answer for the namespace. */
export function requireZone(namespace: DiscoveryNamespace): void {
  if (namespace.hostedZoneId !== undefined) return;
  throw invalidInput(`DnsConfig cannot be specified for services in the HTTP namespace ${namespace.namespaceId}.`);
}
