import { operation } from '../operation.ts';
import { resourceInUse } from './errors.ts';
import { getService, serviceResource } from './references.ts';
import { servicediscovery } from './service.ts';

/** DeleteService; one with instances, or of Service Connect, is refused. */
export const DeleteService = operation(servicediscovery, 'DeleteService', {
  authorize: ({ Id }, ctx) => ({ action: 'servicediscovery:DeleteService', resource: serviceResource(Id, ctx) }),
  command: ({ Id }) => Id,
  apply: (tx, id, ctx) => {
    const { serviceId, ecsServiceArn } = getService(tx, ctx.scope, id);
    if (ecsServiceArn !== undefined) {
      throw resourceInUse(`Service is managed by Amazon ECS; it goes with the endpoint of ${ecsServiceArn}`);
    }
    if (tx.discoveryInstances.count('service', serviceId) > 0) {
      throw resourceInUse('Service contains registered instances; delete the instances before deleting the service');
    }
    tx.discoveryServices.delete(serviceId);
  },
  output: () => ({}),
});
