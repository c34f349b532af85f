import { operation } from '../operation.ts';
import { listDaemonDefinitions } from './daemon-task-definition/listing.ts';
import { presentDaemonTaskDefinitionSummary } from './daemon-task-definition/present.ts';
import { pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { ecs } from './service.ts';
import { revisionPosition, revisionToken } from './task-definition/index.ts';

const kind = 'ListDaemonTaskDefinitions';

/** ListDaemonTaskDefinitions: by family and revision; here `familyPrefix` is a true prefix. */
export const ListDaemonTaskDefinitions = operation(ecs, kind, {
  authorize: () => ({ action: 'ecs:ListDaemonTaskDefinitions', resource: '*' }),
  command: ({ familyPrefix = '', family = '', revision, status = 'ACTIVE', sort, maxResults, nextToken = '' }) => ({
    status,
    lastOnly: revision === 'LAST_REGISTERED',
    descending: sort === 'DESC',
    limit: pageRequest(kind, pageSizes.usual, { maxResults }).limit,
    ...(familyPrefix === '' ? {} : { familyPrefix }),
    ...(family === '' ? {} : { family }),
    ...(nextToken === '' ? {} : { after: revisionPosition(kind, nextToken) }),
  }),
  read: (view, listing, ctx) => listDaemonDefinitions(view, ctx.scope, listing),
  output: ({ items, last }) => ({
    daemonTaskDefinitions: items.map(presentDaemonTaskDefinitionSummary),
    ...(last === undefined ? {} : { nextToken: revisionToken(kind, last) }),
  }),
});
