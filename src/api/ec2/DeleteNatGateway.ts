import { forgetDeleted } from './CreateNatGateway.ts';
import { disassociate } from './elastic-ips.ts';
import { getResource, keyOf } from './resources/kind.ts';
import { natGateways } from './resources/nat-gateway.ts';
import { change } from './service.ts';

/** DeleteNatGateway: at once, with its interface; its Elastic IP address stays its owner's. */
export const DeleteNatGateway = change('DeleteNatGateway', {
  command: ({ NatGatewayId }) => NatGatewayId,
  apply: (tx, natGatewayId, ctx) => {
    forgetDeleted(tx, ctx);
    const gateway = getResource(natGateways, tx, ctx.scope, natGatewayId);
    if (gateway.state === 'deleted') return natGatewayId;
    const address = tx.elasticIps.find(keyOf(ctx.scope, gateway.allocationId ?? ''));
    if (address !== undefined) disassociate(tx, address);
    tx.networkInterfaces.delete(gateway.networkInterfaceId);
    tx.natGateways.put({ ...gateway, state: 'deleted', deletedAt: ctx.now });
    return natGatewayId;
  },
  output: (NatGatewayId) => ({ NatGatewayId }),
});
