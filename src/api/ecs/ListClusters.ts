import { scopeKey } from '#model';
import { operation } from '../operation.ts';
import { pageSizes } from './limits.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { ecs } from './service.ts';

/** ListClusters: ARNs of the ACTIVE ones. */
export const ListClusters = operation(ecs, 'ListClusters', {
  authorize: () => ({ action: 'ecs:ListClusters', resource: '*' }),
  command: (input) => pageRequest('ListClusters', pageSizes.usual, input),
  read: (view, page, ctx) =>
    view.clusters.page('scope', scopeKey(ctx.scope), { ...page, filter: (cluster) => cluster.status === 'ACTIVE' }),
  output: ({ records, next }) => ({
    clusterArns: records.map((cluster) => cluster.clusterArn),
    ...nextTokenMember('ListClusters', next),
  }),
});
