import { operation } from '../operation.ts';
import { namespaceResource } from './references.ts';
import { requestOf } from './requests.ts';
import { servicediscovery } from './service.ts';
import { applyNamespaceChange } from './update-namespace.ts';

/** UpdatePrivateDnsNamespace. */
export const UpdatePrivateDnsNamespace = operation(servicediscovery, 'UpdatePrivateDnsNamespace', {
  authorize: ({ Id }, ctx) => ({
    action: 'servicediscovery:UpdatePrivateDnsNamespace',
    resource: namespaceResource(Id, ctx),
  }),
  command: (input) => ({
    request: requestOf('UpdatePrivateDnsNamespace', input),
    id: input.Id,
    type: 'DNS_PRIVATE' as const,
    description: input.Namespace.Description,
    soaTtl: input.Namespace.Properties?.DnsProperties.SOA.TTL,
  }),
  apply: applyNamespaceChange,
  output: (operationId) => ({ OperationId: operationId }),
});
