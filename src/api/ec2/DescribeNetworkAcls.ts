import { networkAcls, presentNetworkAcl } from './resources/network-acl.ts';
import { list, read } from './service.ts';

/** DescribeNetworkAcls. */
export const DescribeNetworkAcls = read('DescribeNetworkAcls', (input, view, ctx) => {
  const { records, page } = list(networkAcls, { ...input, ids: input.NetworkAclIds }, view, ctx);
  return { NetworkAcls: records.map(presentNetworkAcl), ...page };
});
