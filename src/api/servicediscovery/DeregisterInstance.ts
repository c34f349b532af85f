import { discoveryInstanceKey } from '#model';
import { operation } from '../operation.ts';
import { getInstance, getService, serviceResource } from './references.ts';
import { carriedOut, requestOf } from './requests.ts';
import { servicediscovery } from './service.ts';

/** DeregisterInstance. */
export const DeregisterInstance = operation(servicediscovery, 'DeregisterInstance', {
  authorize: ({ ServiceId }, ctx) => ({
    action: 'servicediscovery:DeregisterInstance',
    resource: serviceResource(ServiceId, ctx),
  }),
  command: (input) => ({
    request: requestOf('DeregisterInstance', input),
    id: input.ServiceId,
    name: input.InstanceId,
  }),
  apply: (tx, { request, id, name }, ctx) => {
    const service = getService(tx, ctx.scope, id);
    const { serviceId, instanceId } = getInstance(tx, service, name);
    tx.discoveryInstances.delete(discoveryInstanceKey(serviceId, instanceId));
    tx.discoveryServices.put({ ...service, instancesRevision: service.instancesRevision + 1 });
    const targets = { INSTANCE: instanceId, SERVICE: serviceId };
    return carriedOut(tx, ctx, request, { type: 'DEREGISTER_INSTANCE', targets });
  },
  output: (operationId) => ({ OperationId: operationId }),
});
