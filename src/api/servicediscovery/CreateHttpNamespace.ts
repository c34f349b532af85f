import { discoveryNamespaceArn } from '#model';
import { operation } from '../operation.ts';
import { newNamespace, putNamespace, requireFreeName, requireRoom } from './namespace.ts';
import { carriedOut, repeated, requestOf } from './requests.ts';
import { servicediscovery } from './service.ts';

/** CreateHttpNamespace. */
export const CreateHttpNamespace = operation(servicediscovery, 'CreateHttpNamespace', {
  authorize: (_, ctx) => ({
    action: 'servicediscovery:CreateHttpNamespace',
    resource: discoveryNamespaceArn(ctx.scope, '*'),
  }),
  command: (input, ctx) => ({
    request: requestOf('CreateHttpNamespace', input),
    namespace: newNamespace(input, ctx, { type: 'HTTP' }),
  }),
  apply: (tx, { request, namespace }, ctx) => {
    const known = repeated(tx, request, ctx);
    if (known !== undefined) return known;
    requireFreeName(tx, namespace);
    requireRoom(tx, ctx);
    putNamespace(tx, namespace, ctx);
    return carriedOut(tx, ctx, request, {
      type: 'CREATE_NAMESPACE',
      targets: { NAMESPACE: namespace.namespaceId },
    });
  },
  output: (operationId) => ({ OperationId: operationId }),
});
