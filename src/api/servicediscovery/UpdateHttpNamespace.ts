import { operation } from '../operation.ts';
import { namespaceResource } from './references.ts';
import { requestOf } from './requests.ts';
import { servicediscovery } from './service.ts';
import { applyNamespaceChange } from './update-namespace.ts';

/** UpdateHttpNamespace. */
export const UpdateHttpNamespace = operation(servicediscovery, 'UpdateHttpNamespace', {
  authorize: ({ Id }, ctx) => ({
    action: 'servicediscovery:UpdateHttpNamespace',
    resource: namespaceResource(Id, ctx),
  }),
  command: (input) => ({
    request: requestOf('UpdateHttpNamespace', input),
    id: input.Id,
    type: 'HTTP' as const,
    description: input.Namespace.Description,
    soaTtl: undefined,
  }),
  apply: applyNamespaceChange,
  output: (operationId) => ({ OperationId: operationId }),
});
