import { type DiscoveryService, scopeKey } from '#model';
import { operation } from '../operation.ts';
import { type FilterField, filterOf, resourceOwner } from './filters.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { presentServiceSummary } from './present.ts';
import { idOf } from './references.ts';
import { servicediscovery } from './service.ts';

const list = 'ListServices';

const fields: Readonly<Record<string, FilterField<DiscoveryService>>> = {
  NAMESPACE_ID: { conditions: ['IN'], of: ({ namespaceId }) => namespaceId },
  RESOURCE_OWNER: resourceOwner,
};

/** ListServices: oldest first. */
export const ListServices = operation(servicediscovery, list, {
  authorize: () => ({ action: 'servicediscovery:ListServices', resource: '*' }),
  command: (input, ctx) => {
    const filters = input.Filters?.map(({ Values, ...filter }) => ({
      ...filter,
      Values: Values.map((value) => idOf('namespace', value, ctx.scope) ?? value),
    }));
    return { page: pageRequest(list, input), filter: filterOf(filters, fields) };
  },
  read: (view, { page, filter }, ctx) => {
    const { records, next } = view.discoveryServices.page('scope', scopeKey(ctx.scope), { ...page, filter });
    return { services: records.map((service) => presentServiceSummary(view, service)), next };
  },
  output: ({ services, next }) => ({ Services: services, ...nextTokenMember(list, next) }),
});
