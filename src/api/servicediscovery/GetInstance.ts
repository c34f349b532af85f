import { operation } from '../operation.ts';
import { presentInstance } from './present.ts';
import { getInstance, getService, serviceResource } from './references.ts';
import { servicediscovery } from './service.ts';

/** GetInstance. */
export const GetInstance = operation(servicediscovery, 'GetInstance', {
  authorize: ({ ServiceId }, ctx) => ({
    action: 'servicediscovery:GetInstance',
    resource: serviceResource(ServiceId, ctx),
  }),
  command: ({ ServiceId, InstanceId }) => ({ id: ServiceId, instanceId: InstanceId }),
  read: (view, { id, instanceId }, ctx) => getInstance(view, getService(view, ctx.scope, id), instanceId),
  output: (instance) => ({ ResourceOwner: instance.accountId, Instance: presentInstance(instance) }),
});
