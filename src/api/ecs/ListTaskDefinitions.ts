import { operation } from '../operation.ts';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { ecs } from './service.ts';
import { type ListPosition, listDefinitions } from './task-definition/listing.ts';

const kind = 'ListTaskDefinitions';

/** ListTaskDefinitions: ARNs by family and revision. `familyPrefix` is, in spite of its name, a whole family name. */
export const ListTaskDefinitions = operation(ecs, kind, {
  authorize: () => ({ action: 'ecs:ListTaskDefinitions', resource: '*' }),
  command: ({ familyPrefix = '', status = 'ACTIVE', sort, maxResults, nextToken = '' }) => ({
    status,
    descending: sort === 'DESC',
    limit: pageRequest(kind, pageSizes.usual, { maxResults }).limit,
    ...(familyPrefix === '' ? {} : { family: familyPrefix }),
    ...(nextToken === '' ? {} : { after: positionFrom(nextToken) }),
  }),
  read: (view, listing, ctx) => listDefinitions(view, ctx.scope, listing),
  output: ({ items, last }) => ({
    taskDefinitionArns: items.map(({ taskDefinitionArn }) => taskDefinitionArn),
    ...(last === undefined ? {} : { nextToken: encodePageToken(kind, `${last.family}:${last.revision}`) }),
  }),
});

function positionFrom(token: string): ListPosition {
  const position = decodePageToken(kind, token);
  const colon = position.lastIndexOf(':');
  return { family: position.slice(0, colon), revision: Number(position.slice(colon + 1)) };
}
