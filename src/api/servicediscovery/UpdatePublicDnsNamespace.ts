import { operation } from '../operation.ts';
import { namespaceResource } from './references.ts';
import { requestOf } from './requests.ts';
import { servicediscovery } from './service.ts';
import { applyNamespaceChange } from './update-namespace.ts';

/** UpdatePublicDnsNamespace. */
export const UpdatePublicDnsNamespace = operation(servicediscovery, 'UpdatePublicDnsNamespace', {
  authorize: ({ Id }, ctx) => ({
    action: 'servicediscovery:UpdatePublicDnsNamespace',
    resource: namespaceResource(Id, ctx),
  }),
  command: (input) => ({
    request: requestOf('UpdatePublicDnsNamespace', input),
    id: input.Id,
    type: 'DNS_PUBLIC' as const,
    description: input.Namespace.Description,
    soaTtl: input.Namespace.Properties?.DnsProperties.SOA.TTL,
  }),
  apply: applyNamespaceChange,
  output: (operationId) => ({ OperationId: operationId }),
});
