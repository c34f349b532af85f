import { hostedZoneArn } from '#model';
import { operation } from '../operation.ts';
import { presentZone } from './present.ts';
import { route53 } from './service.ts';
import { getOwnZone, zoneIdFrom } from './zone.ts';

/** UpdateHostedZoneComment: without a comment the old one goes. */
export const UpdateHostedZoneComment = operation(route53, 'UpdateHostedZoneComment', {
  authorize: ({ Id }) => ({ action: 'route53:UpdateHostedZoneComment', resource: hostedZoneArn(zoneIdFrom(Id)) }),
  command: ({ Id, Comment }) => ({ zoneId: zoneIdFrom(Id), comment: Comment }),
  apply: (tx, { zoneId, comment }, ctx) => {
    const { comment: _, ...rest } = getOwnZone(tx, zoneId, ctx);
    const zone = comment === undefined || comment === '' ? rest : { ...rest, comment };
    tx.hostedZones.put(zone);
    return presentZone(zone, tx);
  },
  output: (zone) => ({ HostedZone: zone }),
});
