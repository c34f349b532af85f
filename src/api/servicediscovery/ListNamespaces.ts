import { type DiscoveryNamespace, scopeKey } from '#model';
import { operation } from '../operation.ts';
import { type FilterField, filterOf, resourceOwner } from './filters.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { presentNamespaceSummary } from './present.ts';
import { servicediscovery } from './service.ts';

const list = 'ListNamespaces';

const fields: Readonly<Record<string, FilterField<DiscoveryNamespace>>> = {
  TYPE: { conditions: ['IN', 'BEGINS_WITH'], of: ({ type }) => type },
  NAME: { conditions: ['IN', 'BEGINS_WITH'], of: ({ name }) => name },
  HTTP_NAME: { conditions: ['IN', 'BEGINS_WITH'], of: ({ httpName }) => httpName },
  RESOURCE_OWNER: resourceOwner,
};

/** ListNamespaces: oldest first. */
export const ListNamespaces = operation(servicediscovery, list, {
  authorize: () => ({ action: 'servicediscovery:ListNamespaces', resource: '*' }),
  command: (input) => ({ page: pageRequest(list, input), filter: filterOf(input.Filters, fields) }),
  read: (view, { page, filter }, ctx) => {
    const { records, next } = view.discoveryNamespaces.page('scope', scopeKey(ctx.scope), { ...page, filter });
    return { namespaces: records.map((namespace) => presentNamespaceSummary(view, namespace)), next };
  },
  output: ({ namespaces, next }) => ({ Namespaces: namespaces, ...nextTokenMember(list, next) }),
});
