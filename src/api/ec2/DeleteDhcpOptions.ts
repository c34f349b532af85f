import { scopeKey } from '#model';
import { dependencyViolation } from './errors.ts';
import { dhcpOptions } from './resources/dhcp-options.ts';
import { getResource, keyOf } from './resources/kind.ts';
import { change } from './service.ts';

/** DeleteDhcpOptions: neither the default set nor one that a VPC has. */
export const DeleteDhcpOptions = change('DeleteDhcpOptions', {
  command: ({ DhcpOptionsId }) => DhcpOptionsId,
  apply: (tx, dhcpOptionsId, { scope }) => {
    const options = getResource(dhcpOptions, tx, scope, dhcpOptionsId);
    const vpcsWithIt = [...tx.vpcs.by('scope', scopeKey(scope))].some((vpc) => vpc.dhcpOptionsId === dhcpOptionsId);
    if (options.isDefault || vpcsWithIt) {
      throw dependencyViolation(`The dhcpOptions '${dhcpOptionsId}' has dependencies and cannot be deleted.`);
    }
    tx.dhcpOptions.delete(keyOf(scope, dhcpOptionsId));
  },
  output: () => ({}),
});
