import { isForgotten, natGateways, presentNatGateway } from './resources/nat-gateway.ts';
import { list, read } from './service.ts';

/** DescribeNatGateways. A deleted one is told of for an hour. */
export const DescribeNatGateways = read('DescribeNatGateways', (input, view, ctx) => {
  const request = { ...input, ids: input.NatGatewayIds, Filters: input.Filter };
  const { records, page } = list(natGateways, request, view, ctx);
  const remembered = records.filter((gateway) => !isForgotten(gateway, ctx.now));
  return { NatGateways: remembered.map(presentNatGateway), ...page };
});
