import { discoveryHealth } from '#model';
import { operation } from '../operation.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { getInstance, getService, serviceResource } from './references.ts';
import { servicediscovery } from './service.ts';

const list = 'GetInstancesHealthStatus';

/** GetInstancesHealthStatus: UNKNOWN in services without custom health. */
export const GetInstancesHealthStatus = operation(servicediscovery, list, {
  authorize: ({ ServiceId }, ctx) => ({
    action: 'servicediscovery:GetInstancesHealthStatus',
    resource: serviceResource(ServiceId, ctx),
  }),
  command: (input) => ({ id: input.ServiceId, names: input.Instances, page: pageRequest(list, input) }),
  read: (view, { id, names, page }, ctx) => {
    const service = getService(view, ctx.scope, id);
    const wanted = names === undefined ? undefined : new Set(names.map((name) => getInstance(view, service, name)));
    const { records, next } = view.discoveryInstances.page('service', service.serviceId, {
      ...page,
      ...(wanted === undefined ? {} : { filter: (instance) => wanted.has(instance) }),
    });
    const entries = records.map((instance) => [instance.instanceId, discoveryHealth(service, instance)] as const);
    return { status: Object.fromEntries(entries), next };
  },
  output: ({ status, next }) => ({ Status: status, ...nextTokenMember(list, next) }),
});
