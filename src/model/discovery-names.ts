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

/**
 * The names of a service: one for itself, and with SRV records one for each instance, which they point to. Unhealthy
 * instances are left out unless all are. Source: DnsRecord and RegisterInstance in the Cloud Map API reference.
 */
export function discoveryNames(
  namespace: Pick<DiscoveryNamespace, 'name'>,
  service: Pick<DiscoveryService, 'name' | 'dnsConfig'>,
  instances: readonly DiscoveryInstance[],
): readonly DiscoveryName[] {
  const config = service.dnsConfig;
  if (config === undefined) return [];
  const name = nameIn(service.name, namespace.name);
  const well = healthyOrElseAll(instances);
  const routing = config.routingPolicy === 'WEIGHTED' ? 'weighted' : 'multivalue';
  return config.dnsRecords.flatMap(({ type, ttl }) => {
    const values = well.flatMap((instance) => valueOf(type, instance, name) ?? []);
    const own: DiscoveryName[] = values.length === 0 ? [] : [{ name, type, ttl, routing, values }];
    return type === 'SRV' ? [...own, ...instances.flatMap((instance) => targetsOf(instance, name, ttl))] : own;
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
  const member = { A: instanceAttributes.ipv4, AAAA: instanceAttributes.ipv6, CNAME: instanceAttributes.cname }[type];
  const value = attributes[member];
  return value === undefined ? undefined : { value };
}

/** The addresses behind the target of an instance's SRV record. */
function targetsOf({ attributes, instanceId }: DiscoveryInstance, name: string, ttl: number): DiscoveryName[] {
  const target = nameIn(instanceId, name);
  const ipv4 = attributes[instanceAttributes.ipv4];
  const ipv6 = attributes[instanceAttributes.ipv6];
  return [
    ...(ipv4 === undefined ? [] : [{ name: target, type: 'A', ttl, routing: 'simple', values: [{ value: ipv4 }] }]),
    ...(ipv6 === undefined ? [] : [{ name: target, type: 'AAAA', ttl, routing: 'simple', values: [{ value: ipv6 }] }]),
  ] as DiscoveryName[];
}
