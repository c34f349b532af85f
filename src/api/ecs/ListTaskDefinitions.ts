import { operation } from '../operation.ts';
import { pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { ecs } from './service.ts';
import { listDefinitions, revisionPosition, revisionToken } from './task-definition/listing.ts';

const kind = 'ListTaskDefinitions';

/** ListTaskDefinitions: ARNs by family and revision. `familyPrefix` is, in spite of its name, a whole family name. */
export const ListTaskDefinitions = operation(ecs, kind, {
  authorize: () => ({ action: 'ecs:ListTaskDefinitions', resource: '*' }),
  command: ({ familyPrefix = '', status = 'ACTIVE', sort, maxResults, nextToken = '' }) => ({
    status,
    descending: sort === 'DESC',
    limit: pageRequest(kind, pageSizes.usual, { maxResults }).limit,
    ...(familyPrefix === '' ? {} : { family: familyPrefix }),
    ...(nextToken === '' ? {} : { after: revisionPosition(kind, nextToken) }),
  }),
  read: (view, listing, ctx) => listDefinitions(view, ctx.scope, listing),
  output: ({ items, last }) => ({
    taskDefinitionArns: items.map(({ taskDefinitionArn }) => taskDefinitionArn),
    ...(last === undefined ? {} : { nextToken: revisionToken(kind, last) }),
  }),
});
