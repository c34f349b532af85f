import type { RoadsteadView } from '#store';
import type { OperationContext } from '../../operation.ts';
import { resolveCluster } from '../cluster/resolve.ts';
import { invalidParameter } from '../errors.ts';
import { gatewayArnFrom, gatewayNotFound } from './references.ts';

interface AssociationInput {
  readonly gateway: string;
  readonly cluster: string;
}

/** An operation on a gateway and a cluster: the cluster is looked up first; no gateway is there. */
export function associationParts(name: 'AssociateGatewayWithCluster' | 'DisassociateGatewayFromCluster') {
  return {
    authorize: ({ gateway }: AssociationInput, ctx: OperationContext) => ({
      action: `ecs:${name}`,
      resource: gatewayArnFrom(ctx.scope, gateway),
    }),
    command: ({ cluster }: AssociationInput): string => {
      if (cluster === '') throw invalidParameter('cluster can not be blank.');
      return cluster;
    },
    read: (view: RoadsteadView, cluster: string, ctx: OperationContext): never => {
      resolveCluster(view, ctx.scope, cluster);
      throw gatewayNotFound();
    },
    output: () => ({}),
  };
}
