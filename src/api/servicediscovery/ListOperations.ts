import { type DiscoveryOperation, scopeKey } from '#model';
import { operation } from '../operation.ts';
import { type FilterField, filterOf } from './filters.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { servicediscovery } from './service.ts';

const list = 'ListOperations';

const fields: Readonly<Record<string, FilterField<DiscoveryOperation>>> = {
  NAMESPACE_ID: { of: ({ targets }) => targets.NAMESPACE },
  SERVICE_ID: { of: ({ targets }) => targets.SERVICE },
  STATUS: { conditions: ['IN'], of: ({ status }) => status },
  TYPE: { conditions: ['IN'], of: ({ type }) => type },
  UPDATE_DATE: { conditions: ['BETWEEN'], of: ({ createdAt }) => createdAt },
};

/** ListOperations of the last day, oldest first. */
export const ListOperations = operation(servicediscovery, list, {
  authorize: () => ({ action: 'servicediscovery:ListOperations', resource: '*' }),
  command: (input) => ({ page: pageRequest(list, input), filter: filterOf(input.Filters, fields) }),
  read: (view, { page, filter }, { scope }) =>
    view.discoveryOperations.page('scope', scopeKey(scope), { ...page, filter }),
  output: ({ records, next }) => ({
    Operations: records.map(({ operationId, status }) => ({ Id: operationId, Status: status })),
    ...nextTokenMember(list, next),
  }),
});
