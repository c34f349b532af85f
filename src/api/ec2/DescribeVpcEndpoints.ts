import { presentEndpoint, vpcEndpoints } from './resources/vpc-endpoint.ts';
import { list, read } from './service.ts';

/** DescribeVpcEndpoints. */
export const DescribeVpcEndpoints = read('DescribeVpcEndpoints', (input, view, ctx) => {
  const { records, page } = list(vpcEndpoints, { ...input, ids: input.VpcEndpointIds }, view, ctx);
  return { VpcEndpoints: records.map((each) => presentEndpoint(each, view)), ...page };
});
