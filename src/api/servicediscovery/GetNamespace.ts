import { operation } from '../operation.ts';
import { presentNamespace } from './present.ts';
import { getNamespace, namespaceResource } from './references.ts';
import { servicediscovery } from './service.ts';

/** GetNamespace. */
export const GetNamespace = operation(servicediscovery, 'GetNamespace', {
  authorize: ({ Id }, ctx) => ({ action: 'servicediscovery:GetNamespace', resource: namespaceResource(Id, ctx) }),
  command: ({ Id }) => Id,
  read: (view, id, ctx) => presentNamespace(view, getNamespace(view, ctx.scope, id)),
  output: (namespace) => ({ Namespace: namespace }),
});
