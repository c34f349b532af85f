import { scopeKey } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { presentOperation } from './present.ts';
import { servicediscovery } from './service.ts';

/** GetOperation: what became of a request of the last day. */
export const GetOperation = operation(servicediscovery, 'GetOperation', {
  authorize: () => ({ action: 'servicediscovery:GetOperation', resource: '*' }),
  command: ({ OperationId, OwnerAccount }) => ({ id: OperationId, owner: OwnerAccount }),
  read: (view, { id, owner }, { scope }) => {
    const found = view.discoveryOperations.find(id);
    const own = owner === undefined || owner === scope.accountId;
    if (found !== undefined && own && scopeKey(found) === scopeKey(scope)) return found;
    throw new ApiError('OperationNotFound', `The operation ${id} does not exist.`);
  },
  output: (found) => ({ Operation: presentOperation(found) }),
});
