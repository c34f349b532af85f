import { invalidParameterValue } from './errors.ts';
import { presentDhcpOptions } from './resources/dhcp-options.ts';
import { change } from './service.ts';
import { newTags } from './tags.ts';

/** Source: CreateDhcpOptions. */
const keys: ReadonlySet<string> = new Set([
  'domain-name-servers',
  'domain-name',
  'ntp-servers',
  'netbios-name-servers',
  'netbios-node-type',
  'ipv6-address-preferred-lease-time',
]);

/** CreateDhcpOptions. */
export const CreateDhcpOptions = change('CreateDhcpOptions', {
  command: (input, { scope, ids }) => {
    const configurations = input.DhcpConfigurations.map(({ Key: key = '', Values: values = [] }) => {
      if (!keys.has(key))
        throw invalidParameterValue(`Value (${key}) for parameter key is invalid. Unknown DHCP option`);
      if (values.length === 0) throw invalidParameterValue(`The DHCP option ${key} has no values.`);
      return { key, values };
    });
    return {
      ...scope,
      dhcpOptionsId: `dopt-${ids.hex(17)}`,
      isDefault: false,
      configurations,
      ...newTags(input.TagSpecifications, 'dhcp-options'),
    };
  },
  apply: (tx, options) => {
    tx.dhcpOptions.put(options);
    return presentDhcpOptions(options);
  },
  output: (DhcpOptions) => ({ DhcpOptions }),
});
