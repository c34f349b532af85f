import { type Daemon, scopeKey } from '#model';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { presentDaemonSummary } from './daemon/present.ts';
import { providerNames } from './daemon/rules.ts';
import { pageSizes } from './limits.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { clusterArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** ListDaemons: of one cluster or of all, and of the capacity providers that are named. */
export const ListDaemons = operation(ecs, 'ListDaemons', {
  authorize: (input, ctx) => ({
    action: 'ecs:ListDaemons',
    resource: input.clusterArn === undefined ? '*' : clusterArnFrom(ctx.scope, input.clusterArn),
  }),
  command: (input, ctx) => ({
    page: pageRequest('ListDaemons', pageSizes.usual, input),
    providers: new Set(providerNames(ctx.scope, input.capacityProviderArns ?? [])),
    cluster: input.clusterArn,
  }),
  read: (view, { page, providers, cluster }, ctx) => {
    const filter = ({ goal }: Daemon): boolean =>
      providers.size === 0 || goal.capacityProviders.some((name) => providers.has(name));
    return cluster === undefined
      ? view.daemons.page('scope', scopeKey(ctx.scope), { ...page, filter })
      : view.daemons.page('cluster', resolveCluster(view, ctx.scope, cluster).clusterArn, { ...page, filter });
  },
  output: ({ records, next }) => ({
    daemonSummariesList: records.map(presentDaemonSummary),
    ...nextTokenMember('ListDaemons', next),
  }),
});
