import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { providerNames } from './daemon/rules.ts';
import { pageSizes } from './limits.ts';
import { pageRequest } from './paging.ts';
import { clusterArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** ListDaemons: of one cluster or of all; there are none. */
export const ListDaemons = operation(ecs, 'ListDaemons', {
  authorize: (input, ctx) => ({
    action: 'ecs:ListDaemons',
    resource: input.clusterArn === undefined ? '*' : clusterArnFrom(ctx.scope, input.clusterArn),
  }),
  command: (input, ctx) => {
    pageRequest('ListDaemons', pageSizes.usual, input);
    providerNames(ctx.scope, input.capacityProviderArns ?? []);
    return { cluster: input.clusterArn };
  },
  read: (view, { cluster }, ctx) => {
    if (cluster !== undefined) resolveCluster(view, ctx.scope, cluster);
  },
  output: () => ({ daemonSummariesList: [] }),
});
