import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { daemonFrom } from './daemon/references.ts';
import { invalidParameter } from './errors.ts';
import { pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { ecs } from './service.ts';

/** ListDaemonDeployments: an empty page, since there are no daemons and the model has no exception for an unknown one. */
export const ListDaemonDeployments = operation(ecs, 'ListDaemonDeployments', {
  authorize: (input, ctx) => ({
    action: 'ecs:ListDaemonDeployments',
    resource: input.daemonArn.startsWith('arn:') ? daemonFrom(ctx.scope, input.daemonArn).daemonArn : '*',
  }),
  command: (input, ctx) => {
    pageRequest('ListDaemonDeployments', pageSizes.deployments, input);
    const { before, after } = input.createdAt ?? {};
    if (before !== undefined && after !== undefined && before < after) {
      throw invalidParameter('createdAt: before must not be earlier than after.');
    }
    return daemonFrom(ctx.scope, input.daemonArn);
  },
  read: (view, { clusterName }, ctx) => {
    resolveCluster(view, ctx.scope, clusterName);
  },
  output: () => ({ daemonDeployments: [] }),
});
