import { operation } from '../operation.ts';
import { getService, serviceResource } from './references.ts';
import { servicediscovery } from './service.ts';

/** DeleteServiceAttributes; keys that are not there are passed over. */
export const DeleteServiceAttributes = operation(servicediscovery, 'DeleteServiceAttributes', {
  authorize: ({ ServiceId }, ctx) => ({
    action: 'servicediscovery:DeleteServiceAttributes',
    resource: serviceResource(ServiceId, ctx),
  }),
  command: ({ ServiceId, Attributes }) => ({ id: ServiceId, gone: new Set(Attributes) }),
  apply: (tx, { id, gone }, ctx) => {
    const service = getService(tx, ctx.scope, id);
    const kept = Object.entries(service.attributes).filter(([key]) => !gone.has(key));
    tx.discoveryServices.put({ ...service, attributes: Object.fromEntries(kept) });
  },
  output: () => ({}),
});
