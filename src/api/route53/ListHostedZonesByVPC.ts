import { operation } from '../operation.ts';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { limits } from './limits.ts';
import { compareText, pageLimit, pageOf } from './paging.ts';
import { anyResource, route53 } from './service.ts';
import { requireVpc, vpcFrom } from './vpc.ts';
import { zonesOf } from './zone.ts';

const list = 'ListHostedZonesByVPC';

/** ListHostedZonesByVPC: the private zones it sees. */
export const ListHostedZonesByVPC = operation(route53, 'ListHostedZonesByVPC', {
  authorize: () => ({ action: 'route53:ListHostedZonesByVPC', resource: anyResource }),
  command: ({ VPCId, VPCRegion, MaxItems, NextToken }, ctx) => ({
    vpc: vpcFrom({ VPCId, VPCRegion }, ctx),
    limit: pageLimit(MaxItems, limits.zonePage),
    from: NextToken === undefined ? '' : decodePageToken(list, NextToken),
  }),
  read: (view, { vpc, limit, from }, ctx) => {
    requireVpc(view, vpc, ctx);
    const zones = zonesOf(view, ctx.scope.accountId)
      .filter(({ vpcs }) => vpcs.some(({ vpcId }) => vpcId === vpc.vpcId))
      .sort((a, b) => compareText(a.hostedZoneId, b.hostedZoneId));
    return { limit, ...pageOf(zones, ({ hostedZoneId }) => hostedZoneId < from, limit) };
  },
  output: ({ limit, items, next }) => ({
    HostedZoneSummaries: items.map(({ hostedZoneId, name, accountId, namespaceId }) => ({
      HostedZoneId: hostedZoneId,
      Name: name,
      Owner: namespaceId === undefined ? { OwningAccount: accountId } : { OwningService: 'cloudmap.amazonaws.com' },
    })),
    MaxItems: limit,
    ...(next === undefined ? {} : { NextToken: encodePageToken(list, next.hostedZoneId) }),
  }),
});
