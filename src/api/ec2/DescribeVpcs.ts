import { presentVpc, vpcs } from './resources/vpc.ts';
import { list, read } from './service.ts';

/** DescribeVpcs. */
export const DescribeVpcs = read('DescribeVpcs', (input, view, ctx) => {
  const { records, page } = list(vpcs, { ...input, ids: input.VpcIds }, view, ctx);
  return { Vpcs: records.map((each) => presentVpc(each, view)), ...page };
});
