import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { invalidParameter } from './errors.ts';
import { gatewayArnFrom, gatewayNotFound } from './gateway/references.ts';
import { ecs } from './service.ts';

/** DisassociateGatewayFromCluster: the cluster is looked up first; no gateway is there. */
export const DisassociateGatewayFromCluster = operation(ecs, 'DisassociateGatewayFromCluster', {
  authorize: (input, ctx) => ({
    action: 'ecs:DisassociateGatewayFromCluster',
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
