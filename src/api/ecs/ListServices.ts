import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { pageSizes } from './limits.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { clusterArnFrom } from './references.ts';
import { managerOf } from './service/present-settings.ts';
import { ecs } from './service.ts';

/** ListServices: ARNs of the ACTIVE ones. */
export const ListServices = operation(ecs, 'ListServices', {
  authorize: (input, ctx) => ({ action: 'ecs:ListServices', resource: clusterArnFrom(ctx.scope, input.cluster) }),
  command: (input) => ({
    cluster: input.cluster,
    launchType: input.launchType,
    schedulingStrategy: input.schedulingStrategy,
    managedBy: input.resourceManagementType,
    page: pageRequest('ListServices', pageSizes.services, input),
  }),
  read: (view, { cluster, launchType, schedulingStrategy, managedBy, page }, ctx) =>
    view.services.page('cluster', resolveCluster(view, ctx.scope, cluster).clusterArn, {
      ...page,
      filter: (service) =>
        service.status === 'ACTIVE' &&
        (managedBy === undefined || managedBy === managerOf(service)) &&
        (launchType === undefined || service.launchType === launchType) &&
        (schedulingStrategy === undefined || service.schedulingStrategy === schedulingStrategy),
    }),
  output: ({ records, next }) => ({
    serviceArns: records.map((service) => service.serviceArn),
    ...nextTokenMember('ListServices', next),
  }),
});
