import { hostedZoneArn } from '#model';
import { operation } from '../operation.ts';
import { presentDelegationSet, presentVpcs, presentZone } from './present.ts';
import { route53 } from './service.ts';
import { getZone, zoneIdFrom } from './zone.ts';

/** GetHostedZone: a public one with its name servers, a private one with its VPCs. */
export const GetHostedZone = operation(route53, 'GetHostedZone', {
  authorize: ({ Id }) => ({ action: 'route53:GetHostedZone', resource: hostedZoneArn(zoneIdFrom(Id)) }),
  command: ({ Id }) => zoneIdFrom(Id),
  read: (view, zoneId, ctx) => {
    const zone = getZone(view, zoneId, ctx);
    return {
      HostedZone: presentZone(zone, view),
      ...(zone.isPrivate ? { VPCs: presentVpcs(zone) } : { DelegationSet: presentDelegationSet(zone) }),
    };
  },
  output: (shown) => shown,
});
