import { dhcpOptions } from './resources/dhcp-options.ts';
import { getResource } from './resources/kind.ts';
import { vpcs } from './resources/vpc.ts';
import { change } from './service.ts';

/** AssociateDhcpOptions: with a VPC; `default` is none. */
export const AssociateDhcpOptions = change('AssociateDhcpOptions', {
  command: ({ DhcpOptionsId, VpcId }) => ({ dhcpOptionsId: DhcpOptionsId, vpcId: VpcId }),
  apply: (tx, { dhcpOptionsId, vpcId }, { scope }) => {
    const vpc = getResource(vpcs, tx, scope, vpcId);
    if (dhcpOptionsId !== 'default') getResource(dhcpOptions, tx, scope, dhcpOptionsId);
    tx.vpcs.put({ ...vpc, dhcpOptionsId });
  },
  output: () => ({}),
});
