import { disassociate } from './elastic-ips.ts';
import { invalidParameterValue } from './errors.ts';
import { getResource, keyOf } from './resources/kind.ts';
import { isManaged, networkInterfaces } from './resources/network-interface.ts';
import { change } from './service.ts';

/** DeleteNetworkInterface: a user's own. */
export const DeleteNetworkInterface = change('DeleteNetworkInterface', {
  command: ({ NetworkInterfaceId }) => NetworkInterfaceId,
  apply: (tx, networkInterfaceId, { scope }) => {
    const eni = getResource(networkInterfaces, tx, scope, networkInterfaceId);
    if (isManaged(eni)) {
      throw invalidParameterValue(`Network interface '${networkInterfaceId}' is currently in use.`);
    }
    const address = tx.elasticIps.find(keyOf(scope, eni.association?.allocationId ?? ''));
    if (address !== undefined) disassociate(tx, address);
    tx.networkInterfaces.delete(networkInterfaceId);
  },
  output: () => ({}),
});
