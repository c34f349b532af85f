import { networkInterfaces, presentInterface } from './resources/network-interface.ts';
import { list, read } from './service.ts';

/** DescribeNetworkInterfaces. */
export const DescribeNetworkInterfaces = read('DescribeNetworkInterfaces', (input, view, ctx) => {
  const { records, page } = list(networkInterfaces, { ...input, ids: input.NetworkInterfaceIds }, view, ctx);
  return { NetworkInterfaces: records.map((each) => presentInterface(each, view)), ...page };
});
