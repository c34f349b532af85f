import { operation } from '../operation.ts';
import { tooManyServiceAttributes } from './errors.ts';
import { limits } from './limits.ts';
import { getService, serviceResource } from './references.ts';
import { servicediscovery } from './service.ts';

/** UpdateServiceAttributes: adds some, and replaces those with the same keys. */
export const UpdateServiceAttributes = operation(servicediscovery, 'UpdateServiceAttributes', {
  authorize: ({ ServiceId }, ctx) => ({
    action: 'servicediscovery:UpdateServiceAttributes',
    resource: serviceResource(ServiceId, ctx),
  }),
  command: ({ ServiceId, Attributes }) => ({ id: ServiceId, added: Attributes }),
  apply: (tx, { id, added }, ctx) => {
    const service = getService(tx, ctx.scope, id);
    const attributes = { ...service.attributes, ...added };
    if (Object.keys(attributes).length > limits.serviceAttributes) throw tooManyServiceAttributes();
    tx.discoveryServices.put({ ...service, attributes });
  },
  output: () => ({}),
});
