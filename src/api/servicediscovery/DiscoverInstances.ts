import { type DiscoveryInstance, type DiscoveryService, discoveryHealth, healthyOrElseAll } from '#model';
import { operation } from '../operation.ts';
import type { Attributes } from './attributes.ts';
import { limits } from './limits.ts';
import { namedService } from './references.ts';
import { servicediscovery } from './service.ts';

/** DiscoverInstances: the healthy ones, or all when none is, unless the request says otherwise. */
export const DiscoverInstances = operation(servicediscovery, 'DiscoverInstances', {
  authorize: () => ({ action: 'servicediscovery:DiscoverInstances', resource: '*' }),
  command: (input) => ({ ...input, most: input.MaxResults ?? limits.page }),
  read: (view, { most, QueryParameters, OptionalParameters, HealthStatus, ...names }, ctx) => {
    const { namespace, service } = namedService(view, ctx.scope, names);
    const all = [...view.discoveryInstances.by('service', service.serviceId)].filter(having(QueryParameters));
    const preferred = OptionalParameters === undefined ? [] : all.filter(having(OptionalParameters));
    const found = ofHealth(preferred.length > 0 ? preferred : all, service, HealthStatus);
    return { namespace, service, found: found.slice(0, most) };
  },
  output: ({ namespace, service, found }) => ({
    Instances: found.map((instance) => ({
      InstanceId: instance.instanceId,
      NamespaceName: namespace.httpName,
      ServiceName: service.name,
      HealthStatus: discoveryHealth(service, instance),
      Attributes: { ...instance.attributes },
    })),
    InstancesRevision: service.instancesRevision,
  }),
});

function having(wanted: Attributes | undefined): (instance: DiscoveryInstance) => boolean {
  const pairs = Object.entries(wanted ?? {});
  return ({ attributes }) => pairs.every(([key, value]) => attributes[key] === value);
}

/** Without a health check there is nothing to choose by. */
function ofHealth(
  instances: readonly DiscoveryInstance[],
  { customHealth }: DiscoveryService,
  wanted = 'HEALTHY_OR_ELSE_ALL',
): readonly DiscoveryInstance[] {
  if (customHealth !== true || wanted === 'ALL') return instances;
  if (wanted === 'HEALTHY_OR_ELSE_ALL') return healthyOrElseAll(instances);
  return instances.filter(({ health = 'HEALTHY' }) => health === wanted);
}
