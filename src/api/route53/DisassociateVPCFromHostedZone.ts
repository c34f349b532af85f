import { hostedZoneArn } from '#model';
import { operation } from '../operation.ts';
import { putChange } from './change.ts';
import { lastVpc, vpcNotAssociated } from './errors.ts';
import { presentChange } from './present.ts';
import { route53 } from './service.ts';
import { vpcFrom } from './vpc.ts';
import { getOwnZone, zoneIdFrom } from './zone.ts';

/** DisassociateVPCFromHostedZone: a private zone keeps its last VPC. */
export const DisassociateVPCFromHostedZone = operation(route53, 'DisassociateVPCFromHostedZone', {
  authorize: ({ HostedZoneId }) => ({
    action: 'route53:DisassociateVPCFromHostedZone',
    resource: hostedZoneArn(zoneIdFrom(HostedZoneId)),
  }),
  command: ({ HostedZoneId, VPC, Comment }, ctx) => ({
    zoneId: zoneIdFrom(HostedZoneId),
    vpcId: vpcFrom(VPC, ctx).vpcId,
    comment: Comment,
  }),
  apply: (tx, { zoneId, vpcId, comment }, ctx) => {
    const zone = getOwnZone(tx, zoneId, ctx);
    const vpcs = zone.vpcs.filter((vpc) => vpc.vpcId !== vpcId);
    if (vpcs.length === zone.vpcs.length) throw vpcNotAssociated(vpcId, zoneId);
    if (vpcs.length === 0) throw lastVpc();
    tx.hostedZones.put({ ...zone, vpcs });
    return putChange(tx, ctx, comment);
  },
  output: (change) => ({ ChangeInfo: presentChange(change, 'PENDING') }),
});
