import { operation } from '../operation.ts';
import { resourceInUse } from './errors.ts';
import { getNamespace, namespaceResource } from './references.ts';
import { carriedOut, requestOf } from './requests.ts';
import { servicediscovery } from './service.ts';

/** DeleteNamespace; one with services is refused. */
export const DeleteNamespace = operation(servicediscovery, 'DeleteNamespace', {
  authorize: ({ Id }, ctx) => ({
    action: 'servicediscovery:DeleteNamespace',
    resource: namespaceResource(Id, ctx),
  }),
  command: (input) => ({ id: input.Id, request: requestOf('DeleteNamespace', input) }),
  apply: (tx, { id, request }, ctx) => {
    const { namespaceId } = getNamespace(tx, ctx.scope, id);
    if (tx.discoveryServices.count('namespace', namespaceId) > 0) {
      throw resourceInUse('Namespace has associated services; delete the services before deleting the namespace');
    }
    tx.discoveryNamespaces.delete(namespaceId);
    return carriedOut(tx, ctx, request, { type: 'DELETE_NAMESPACE', targets: { NAMESPACE: namespaceId } });
  },
  output: (operationId) => ({ OperationId: operationId }),
});
