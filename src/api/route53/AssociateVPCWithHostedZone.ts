import { hostedZoneArn } from '#model';
import { operation } from '../operation.ts';
import { putChange } from './change.ts';
import { limitsExceeded, publicZone } from './errors.ts';
import { limits } from './limits.ts';
import { presentChange } from './present.ts';
import { route53 } from './service.ts';
import { requireNoConflict, requireVpc, vpcFrom } from './vpc.ts';
import { getOwnZone, zoneIdFrom } from './zone.ts';

/** AssociateVPCWithHostedZone: of the caller's own VPCs; authorizations for others' are not part of it. */
export const AssociateVPCWithHostedZone = operation(route53, 'AssociateVPCWithHostedZone', {
  authorize: ({ HostedZoneId }) => ({
    action: 'route53:AssociateVPCWithHostedZone',
    resource: hostedZoneArn(zoneIdFrom(HostedZoneId)),
  }),
  command: ({ HostedZoneId, VPC, Comment }, ctx) => ({
    zoneId: zoneIdFrom(HostedZoneId),
    vpc: vpcFrom(VPC, ctx),
    comment: Comment,
  }),
  apply: (tx, { zoneId, vpc, comment }, ctx) => {
    const zone = getOwnZone(tx, zoneId, ctx);
    if (!zone.isPrivate) throw publicZone();
    requireVpc(tx, vpc, ctx);
    requireNoConflict(tx, vpc, zone.name);
    if (zone.vpcs.length >= limits.vpcsPerZone) {
      throw limitsExceeded(`A hosted zone can be associated with no more than ${limits.vpcsPerZone} VPCs.`);
    }
    tx.hostedZones.put({ ...zone, vpcs: [...zone.vpcs, vpc] });
    return putChange(tx, ctx, comment);
  },
  output: (change) => ({ ChangeInfo: presentChange(change, 'PENDING') }),
});
