import { discoveryServiceArn } from '#model';
import { operation } from '../operation.ts';
import { getService, serviceResource } from './references.ts';
import { servicediscovery } from './service.ts';

/** GetServiceAttributes. */
export const GetServiceAttributes = operation(servicediscovery, 'GetServiceAttributes', {
  authorize: ({ ServiceId }, ctx) => ({
    action: 'servicediscovery:GetServiceAttributes',
    resource: serviceResource(ServiceId, ctx),
  }),
  command: ({ ServiceId }) => ServiceId,
  read: (view, id, ctx) => getService(view, ctx.scope, id),
  output: (service) => ({
    ServiceAttributes: {
      ServiceArn: discoveryServiceArn(service, service.serviceId),
      ResourceOwner: service.accountId,
      Attributes: { ...service.attributes },
    },
  }),
});
