import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { getInstance, getService, serviceResource } from './references.ts';
import { servicediscovery } from './service.ts';

/** UpdateInstanceCustomHealthStatus: in effect at once, not after some thirty seconds as on AWS. */
export const UpdateInstanceCustomHealthStatus = operation(servicediscovery, 'UpdateInstanceCustomHealthStatus', {
  authorize: ({ ServiceId }, ctx) => ({
    action: 'servicediscovery:UpdateInstanceCustomHealthStatus',
    resource: serviceResource(ServiceId, ctx),
  }),
  command: ({ ServiceId, InstanceId, Status }) => ({ id: ServiceId, instanceId: InstanceId, health: Status }),
  apply: (tx, { id, instanceId, health }, ctx) => {
    const service = getService(tx, ctx.scope, id);
    const instance = getInstance(tx, service, instanceId);
    if (service.customHealth !== true) {
      throw new ApiError('CustomHealthNotFound', `The service ${service.serviceId} has no custom health check.`);
    }
    if (instance.health !== health) tx.discoveryInstances.put({ ...instance, health });
  },
  output: () => ({}),
});
