import { ApiError } from '#wire/aws';
import { read } from './service.ts';

/** DescribeVpnGateways: there are none. */
export const DescribeVpnGateways = read('DescribeVpnGateways', ({ VpnGatewayIds = [] }) => {
  const [id] = VpnGatewayIds;
  if (id === undefined) return { VpnGateways: [] };
  throw new ApiError('InvalidVpnGatewayID.NotFound', `The vpnGateway ID '${id}' does not exist`);
});
