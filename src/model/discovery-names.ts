import {
  type DiscoveryInstance,
  type DiscoveryNamespace,
  type DiscoveryRecordType,
  type DiscoveryService,
  healthyOrElseAll,
} from './discovery.ts';

/** What DNS answers for a name and type. */
export interface DiscoveryName {
  /** Lower case, without the last dot. */
  readonly name: string;
  readonly type: DiscoveryRecordType;
  /** Seconds. */
  readonly ttl: number;
  readonly routing: 'simple' | 'multivalue' | 'weighted';
  /** Texts as in a zone file. An alias is the name of a load balancer, whose addresses are answered in its place. */
  readonly values: readonly { readonly value: string; readonly alias?: true }[];
}

/** Attributes of an instance that DNS records are made of. */
export const instanceAttributes = {
  ipv4: 'AWS_INSTANCE_IPV4',
  ipv6: 'AWS_INSTANCE_IPV6',
  port: 'AWS_INSTANCE_PORT',
  cname: 'AWS_INSTANCE_CNAME',
  alias: 'AWS_ALIAS_DNS_NAME',
} as const;

const addressMembers = {
  A: instanceAttributes.ipv4,
  AAAA: instanceAttributes.ipv6,
  CNAME: instanceAttributes.cname,
} as const;

type Named = Pick<DiscoveryService, 'name' | 'dnsConfig'>;

/**
 * The name of a service, a set of each type that it has. Unhealthy instances are left out unless all are. Source:
 * DnsRecord and RegisterInstance in the Cloud Map API reference.
 */
export function serviceNames(
  namespace: Pick<DiscoveryNamespace, 'name'>,
  service: Named,
  instances: readonly DiscoveryInstance[],
): readonly DiscoveryName[] {
  const config = service.dnsConfig;
  if (config === undefined) return [];
  const name = nameIn(service.name, namespace.name);
  const well = healthyOrElseAll(instances);
  const routing = config.routingPolicy === 'WEIGHTED' ? 'weighted' : 'multivalue';
  return config.dnsRecords.flatMap(({ type, ttl }) => {
    const values = well.flatMap((instance) => valueOf(type, instance, name) ?? []);
    return values.length === 0 ? [] : [{ name, type, ttl, routing, values }];
  });
}

/** The name of an instance, which the SRV records of its service point to: its addresses. */
export function instanceNames(
  namespace: Pick<DiscoveryNamespace, 'name'>,
  service: Named,
  { attributes, instanceId }: DiscoveryInstance,
): readonly DiscoveryName[] {
  const srv = service.dnsConfig?.dnsRecords.find(({ type }) => type === 'SRV');
  if (srv === undefined) return [];
  const name = nameIn(instanceId, nameIn(service.name, namespace.name));
  return (['A', 'AAAA'] as const).flatMap((type): DiscoveryName[] => {
    const value = attributes[addressMembers[type]];
    return value === undefined ? [] : [{ name, type, ttl: srv.ttl, routing: 'simple', values: [{ value }] }];
  });
}

/** A service or instance called `.` has its parent's name. */
function nameIn(label: string, parent: string): string {
  return (label === '.' ? parent : `${label}.${parent}`).toLowerCase();
}

function valueOf(
  type: DiscoveryRecordType,
  { attributes, instanceId }: DiscoveryInstance,
  name: string,
): { readonly value: string; readonly alias?: true } | undefined {
  const alias = attributes[instanceAttributes.alias];
  if (alias !== undefined) return type === 'A' || type === 'AAAA' ? { value: alias, alias: true } : undefined;
  if (type === 'SRV') {
    const port = attributes[instanceAttributes.port];
    return port === undefined ? undefined : { value: `1 1 ${port} ${nameIn(instanceId, name)}` };
  }
  const value = attributes[addressMembers[type]];
  return value === undefined ? undefined : { value };
}
