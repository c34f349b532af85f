import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { invalidParameter } from './errors.ts';
import { gatewayArnFrom, gatewayNotFound } from './gateway/references.ts';
import { ecs } from './service.ts';

/** AssociateGatewayWithCluster: the cluster is looked up first; no gateway is there. */
export const AssociateGatewayWithCluster = operation(ecs, 'AssociateGatewayWithCluster', {
  authorize: (input, ctx) => ({
    action: 'ecs:AssociateGatewayWithCluster',
    resource: gatewayArnFrom(ctx.scope, input.gateway),
  }),
  command: ({ cluster }) => {
    if (cluster === '') throw invalidParameter('cluster can not be blank.');
    return cluster;
  },
  read: (view, cluster, ctx) => {
    resolveCluster(view, ctx.scope, cluster);
    throw gatewayNotFound();
  },
  output: () => ({}),
});
