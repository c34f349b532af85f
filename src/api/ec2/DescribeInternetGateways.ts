import { internetGateways, presentInternetGateway } from './resources/internet-gateway.ts';
import { list, read } from './service.ts';

/** DescribeInternetGateways. */
export const DescribeInternetGateways = read('DescribeInternetGateways', (input, view, ctx) => {
  const { records, page } = list(internetGateways, { ...input, ids: input.InternetGatewayIds }, view, ctx);
  return { InternetGateways: records.map(presentInternetGateway), ...page };
});
