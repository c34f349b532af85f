import { findNamespace } from '#mesh';
import { discoveryNamespaceArn } from '#model';
import { operation } from '../operation.ts';
import { checkedNamespace } from './cluster/default-namespace.ts';
import { namespaceNotFound } from './errors.ts';
import { pageSizes } from './limits.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { ecs } from './service.ts';

/** ListServicesByNamespace: ARNs of the ACTIVE services of any cluster that are in it by Service Connect. */
export const ListServicesByNamespace = operation(ecs, 'ListServicesByNamespace', {
  authorize: () => ({ action: 'ecs:ListServicesByNamespace', resource: '*' }),
  command: (input, ctx) => ({
    page: pageRequest('ListServicesByNamespace', pageSizes.services, input),
    namespace: checkedNamespace(ctx.scope, input.namespace),
  }),
  read: (view, { namespace, page }, ctx) => {
    const found = findNamespace(view, ctx.scope, namespace);
    if (found === undefined) throw namespaceNotFound(namespace);
    return view.services.page('namespace', discoveryNamespaceArn(ctx.scope, found.namespaceId), {
      ...page,
      filter: ({ status }) => status === 'ACTIVE',
    });
  },
  output: ({ records, next }) => ({
    serviceArns: records.map(({ serviceArn }) => serviceArn),
    ...nextTokenMember('ListServicesByNamespace', next),
  }),
});
