import { operation } from '../operation.ts';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { ecs } from './service.ts';
import { listFamilies } from './task-definition/listing.ts';

const kind = 'ListTaskDefinitionFamilies';

/** ListTaskDefinitionFamilies: names that begin with `familyPrefix`, of ACTIVE and INACTIVE families unless said. */
export const ListTaskDefinitionFamilies = operation(ecs, kind, {
  authorize: () => ({ action: 'ecs:ListTaskDefinitionFamilies', resource: '*' }),
  command: ({ familyPrefix = '', status = 'ALL', maxResults, nextToken = '' }) => ({
    status,
    prefix: familyPrefix,
    limit: pageRequest(kind, pageSizes.usual, { maxResults }).limit,
    ...(nextToken === '' ? {} : { after: decodePageToken(kind, nextToken) }),
  }),
  read: (view, listing, ctx) => listFamilies(view, ctx.scope, listing),
  output: ({ items, last }) => ({
    families: items,
    ...(last === undefined ? {} : { nextToken: encodePageToken(kind, last) }),
  }),
});
