import { elasticIps } from './resources/elastic-ip.ts';
import { list, read } from './service.ts';

/** DescribeAddressesAttribute: names of addresses, which none has here. */
export const DescribeAddressesAttribute = read('DescribeAddressesAttribute', (input, view, ctx) => {
  const { MaxResults, NextToken, AllocationIds: ids } = input;
  const { records, page } = list(elasticIps, { ids, MaxResults, NextToken }, view, ctx);
  return {
    Addresses: records.map(({ publicIp, allocationId }) => ({ PublicIp: publicIp, AllocationId: allocationId })),
    ...page,
  };
});
