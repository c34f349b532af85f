import { presentSubnet, subnets } from './resources/subnet.ts';
import { list, read } from './service.ts';

/** DescribeSubnets. */
export const DescribeSubnets = read('DescribeSubnets', (input, view, ctx) => {
  const { records, page } = list(subnets, { ...input, ids: input.SubnetIds }, view, ctx);
  return { Subnets: records.map((each) => presentSubnet(each, view)), ...page };
});
