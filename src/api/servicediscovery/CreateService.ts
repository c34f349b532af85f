import { type DiscoveryNamespace, type DiscoveryService, discoveryServiceArn } from '#model';
import type { RoadsteadView } from '#store';
import { operation } from '../operation.ts';
import { dnsConfigFrom, requireZone } from './dns.ts';
import { invalidInput, serviceExists } from './errors.ts';
import { refuseHealthChecks } from './health.ts';
import { presentService } from './present.ts';
import { getNamespace } from './references.ts';
import { base36 } from './requests.ts';
import { servicediscovery } from './service.ts';
import { tagsFrom } from './tags.ts';

/** CreateService. Health checks from the Internet (HealthCheckConfig) there are none; custom ones there are. */
export const CreateService = operation(servicediscovery, 'CreateService', {
  authorize: (_, ctx) => ({
    action: 'servicediscovery:CreateService',
    resource: discoveryServiceArn(ctx.scope, '*'),
  }),
  command: (input, ctx) => {
    const { Name, NamespaceId, DnsConfig, HealthCheckConfig, HealthCheckCustomConfig, Type, Description } = input;
    const namespaceId = NamespaceId ?? DnsConfig?.NamespaceId;
    if (namespaceId === undefined) throw invalidInput('NamespaceId is required.');
    if (Type === 'HTTP' && DnsConfig !== undefined) throw invalidInput('Services of type HTTP have no DnsConfig.');
    if (HealthCheckConfig !== undefined && HealthCheckCustomConfig !== undefined) {
      throw invalidInput('You can specify either HealthCheckConfig or HealthCheckCustomConfig, but not both.');
    }
    return {
      namespaceId,
      healthCheckConfig: HealthCheckConfig,
      service: {
        ...ctx.scope,
        serviceId: `srv-${ctx.ids.from(base36, 16)}`,
        name: Name,
        ...(Description === undefined ? {} : { description: Description }),
        ...(DnsConfig === undefined ? {} : { dnsConfig: dnsConfigFrom(DnsConfig) }),
        ...(HealthCheckCustomConfig === undefined ? {} : { customHealth: true as const }),
        attributes: {},
        instancesRevision: Math.round(ctx.now * 1000),
        ...(input.CreatorRequestId === undefined ? {} : { creatorRequestId: input.CreatorRequestId }),
        tags: tagsFrom(input.Tags),
        createdAt: ctx.now,
      },
    };
  },
  apply: (tx, { namespaceId, healthCheckConfig, service }, ctx) => {
    const namespace = getNamespace(tx, ctx.scope, namespaceId);
    if (service.dnsConfig !== undefined) requireZone(namespace);
    if (healthCheckConfig !== undefined) refuseHealthChecks(namespace);
    const record: DiscoveryService = {
      ...service,
      namespaceId: namespace.namespaceId,
      type: service.dnsConfig === undefined ? 'HTTP' : 'DNS_HTTP',
    };
    const known = sameName(tx, namespace, record);
    if (known !== undefined && isRepeat(known, record)) return presentService(tx, known);
    if (known !== undefined) throw serviceExists(known);
    tx.discoveryServices.put(record);
    return presentService(tx, record);
  },
  output: (service) => ({ Service: service }),
});

/** DNS makes no difference between capitals and small letters. */
function sameName(
  view: RoadsteadView,
  namespace: DiscoveryNamespace,
  { name }: DiscoveryService,
): DiscoveryService | undefined {
  const plain = (text: string): string => (namespace.hostedZoneId === undefined ? text : text.toLowerCase());
  for (const service of view.discoveryServices.by('namespace', namespace.namespaceId)) {
    if (plain(service.name) === plain(name)) return service;
  }
  return undefined;
}

/** The same request once more. */
function isRepeat(known: DiscoveryService, wanted: DiscoveryService): boolean {
  const settings = ({ name, description, dnsConfig, customHealth }: DiscoveryService): string =>
    JSON.stringify([name, description, dnsConfig, customHealth]);
  return (
    known.creatorRequestId !== undefined &&
    known.creatorRequestId === wanted.creatorRequestId &&
    settings(known) === settings(wanted)
  );
}
