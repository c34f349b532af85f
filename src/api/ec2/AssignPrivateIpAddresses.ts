import { addressesOf } from '#model';
import { notPermitted } from './elastic-ips.ts';
import { missingParameter } from './errors.ts';
import { freeAddresses, requireFreeAddress, secondaryOf, withSecondary } from './interface-addresses.ts';
import { getResource } from './resources/kind.ts';
import { isManaged, networkInterfaces } from './resources/network-interface.ts';
import { subnets } from './resources/subnet.ts';
import { change } from './service.ts';

/** AssignPrivateIpAddresses: further addresses of a user's own interface. */
export const AssignPrivateIpAddresses = change('AssignPrivateIpAddresses', {
  command: (input) => {
    const { PrivateIpAddresses: addresses = [], SecondaryPrivateIpAddressCount: count = 0 } = input;
    if (addresses.length === 0 && count === 0) throw missingParameter('privateIpAddress');
    return { networkInterfaceId: input.NetworkInterfaceId, addresses, count };
  },
  apply: (tx, { networkInterfaceId, addresses, count }, { scope }) => {
    const eni = getResource(networkInterfaces, tx, scope, networkInterfaceId);
    if (isManaged(eni)) throw notPermitted();
    const subnet = getResource(subnets, tx, scope, eni.subnetId);
    const wanted = addresses.filter((address) => !addressesOf(eni).includes(address));
    for (const address of wanted) requireFreeAddress(tx, subnet, address);
    const added = [...wanted, ...freeAddresses(tx, subnet, count, wanted)];
    tx.networkInterfaces.put(withSecondary(eni, [...secondaryOf(eni), ...added]));
    return { NetworkInterfaceId: networkInterfaceId, added };
  },
  output: ({ NetworkInterfaceId, added }) => ({
    NetworkInterfaceId,
    AssignedPrivateIpAddresses: added.map((PrivateIpAddress) => ({ PrivateIpAddress })),
    AssignedIpv4Prefixes: [],
  }),
});
