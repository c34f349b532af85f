import type { ContainerInstance } from '#model';
import { matches, parseQuery } from '#scheduler';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { pageSizes } from './limits.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { clusterArnFrom } from './references.ts';
import { ecs } from './service.ts';
import { checkedExpression } from './task/placement-rules.ts';

/** ListContainerInstances: ARNs, by status and by an expression of the cluster query language. */
export const ListContainerInstances = operation(ecs, 'ListContainerInstances', {
  authorize: (input, ctx) => ({
    action: 'ecs:ListContainerInstances',
    resource: clusterArnFrom(ctx.scope, input.cluster),
  }),
  command: (input) => ({
    cluster: input.cluster,
    status: input.status,
    query: input.filter === undefined || input.filter === '' ? undefined : parseQuery(checkedExpression(input.filter)),
    page: pageRequest('ListContainerInstances', pageSizes.usual, input),
  }),
  read: (view, { cluster, status, query, page }, ctx) => {
    const wanted = (instance: ContainerInstance): boolean => {
      if (instance.status === 'INACTIVE' || (status !== undefined && instance.status !== status)) return false;
      if (query === undefined) return true;
      const host = ctx.hosts.find(instance.containerInstanceArn);
      return host !== undefined && matches(query, host);
    };
    const { clusterArn } = resolveCluster(view, ctx.scope, cluster);
    return view.containerInstances.page('cluster', clusterArn, { ...page, filter: wanted });
  },
  output: ({ records, next }) => ({
    containerInstanceArns: records.map((instance) => instance.containerInstanceArn),
    ...nextTokenMember('ListContainerInstances', next),
  }),
});
