import { notPermitted } from './elastic-ips.ts';
import { invalidParameterValue, missingParameter } from './errors.ts';
import { secondaryOf, withSecondary } from './interface-addresses.ts';
import { getResource } from './resources/kind.ts';
import { isManaged, networkInterfaces } from './resources/network-interface.ts';
import { change } from './service.ts';

/** UnassignPrivateIpAddresses: never the first address. */
export const UnassignPrivateIpAddresses = change('UnassignPrivateIpAddresses', {
  command: ({ NetworkInterfaceId, PrivateIpAddresses = [] }) => {
    if (PrivateIpAddresses.length === 0) throw missingParameter('privateIpAddress');
    return { networkInterfaceId: NetworkInterfaceId, addresses: PrivateIpAddresses };
  },
  apply: (tx, { networkInterfaceId, addresses }, { scope }) => {
    const eni = getResource(networkInterfaces, tx, scope, networkInterfaceId);
    if (isManaged(eni)) throw notPermitted();
    const secondary = secondaryOf(eni);
    const unknown = addresses.find((address) => !secondary.includes(address));
    if (unknown !== undefined) {
      throw invalidParameterValue(`Some of ${unknown} are not assigned to interface ${networkInterfaceId}`);
    }
    tx.networkInterfaces.put(
      withSecondary(
        eni,
        secondary.filter((address) => !addresses.includes(address)),
      ),
    );
  },
  output: () => ({}),
});
