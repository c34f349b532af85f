import { discoveryNamespaceArn } from '#model';
import { operation } from '../operation.ts';
import { requireZoneName } from './dns.ts';
import { limits } from './limits.ts';
import { newNamespace, putNamespace, requireRoom } from './namespace.ts';
import { carriedOut, repeated, requestOf } from './requests.ts';
import { servicediscovery } from './service.ts';

/** CreatePublicDnsNamespace: DNS answers for it in every VPC and on the hosts; nothing delegates to it from the Internet. */
export const CreatePublicDnsNamespace = operation(servicediscovery, 'CreatePublicDnsNamespace', {
  authorize: (_, ctx) => ({
    action: 'servicediscovery:CreatePublicDnsNamespace',
    resource: discoveryNamespaceArn(ctx.scope, '*'),
  }),
  command: (input, ctx) => {
    requireZoneName(input.Name);
    const soaTtl = input.Properties?.DnsProperties.SOA.TTL ?? limits.soaTtl;
    return {
      request: requestOf('CreatePublicDnsNamespace', input),
      namespace: newNamespace(input, ctx, { type: 'DNS_PUBLIC', soaTtl }),
    };
  },
  apply: (tx, { request, namespace }, ctx) => {
    const known = repeated(tx, request, ctx);
    if (known !== undefined) return known;
    requireRoom(tx, ctx);
    putNamespace(tx, namespace, ctx);
    return carriedOut(tx, ctx, request, {
      type: 'CREATE_NAMESPACE',
      targets: { NAMESPACE: namespace.namespaceId },
    });
  },
  output: (operationId) => ({ OperationId: operationId }),
});
