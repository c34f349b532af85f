import { dhcpOptions, presentDhcpOptions } from './resources/dhcp-options.ts';
import { list, read } from './service.ts';

/** DescribeDhcpOptions. */
export const DescribeDhcpOptions = read('DescribeDhcpOptions', (input, view, ctx) => {
  const { records, page } = list(dhcpOptions, { ...input, ids: input.DhcpOptionsIds }, view, ctx);
  return { DhcpOptions: records.map(presentDhcpOptions), ...page };
});
