import { type NetworkInterface, type Scope, scopeKey } from '#model';
import { newInterface } from '#network';
import type { RoadsteadView } from '#store';
import { invalidParameterValue, unsupported } from './errors.ts';
import { freeAddresses, requireFreeAddress } from './interface-addresses.ts';
import { groupsFrom } from './interface-groups.ts';
import { getResource } from './resources/kind.ts';
import { presentInterface } from './resources/network-interface.ts';
import { subnets } from './resources/subnet.ts';
import { change } from './service.ts';
import { newTags } from './tags.ts';

/** CreateNetworkInterface: on no host. A request with the token of an earlier one gives what that one made. */
export const CreateNetworkInterface = change('CreateNetworkInterface', {
  command: (input) => {
    if ((input.Ipv6AddressCount ?? 0) > 0 || (input.Ipv6Addresses ?? []).length > 0) {
      throw unsupported('IPv6 addresses are not part of this version of Roadstead.');
    }
    if ((input.InterfaceType ?? 'interface') !== 'interface') {
      throw unsupported(`InterfaceType ${input.InterfaceType}: only interface can be made here.`);
    }
    const given = (input.PrivateIpAddresses ?? []).flatMap(({ PrivateIpAddress: address, Primary = false }) =>
      address === undefined ? [] : [{ address, primary: Primary }],
    );
    if (given.filter(({ primary }) => primary).length + (input.PrivateIpAddress === undefined ? 0 : 1) > 1) {
      throw invalidParameterValue('An interface has one primary address.');
    }
    return {
      subnetId: input.SubnetId,
      primary: input.PrivateIpAddress ?? given.find(({ primary }) => primary)?.address,
      secondary: given.filter(({ primary }) => !primary).map(({ address }) => address),
      more: input.SecondaryPrivateIpAddressCount ?? 0,
      groups: input.Groups ?? [],
      clientToken: input.ClientToken,
      described: {
        ...(input.Description === undefined ? {} : { description: input.Description }),
        ...(input.ClientToken === undefined ? {} : { clientToken: input.ClientToken }),
        ...newTags(input.TagSpecifications, 'network-interface'),
      },
    };
  },
  apply: (tx, { subnetId, primary, secondary, more, groups, clientToken, described }, { scope, ids, settings }) => {
    const again = madeWith(tx, scope, clientToken);
    if (again !== undefined) return presentInterface(again, tx);
    const subnet = getResource(subnets, tx, scope, subnetId);
    const securityGroups = groupsFrom(tx, scope, subnet.vpcId, groups, settings.quotas);
    const named = [...(primary === undefined ? [] : [primary]), ...secondary];
    for (const address of named) requireFreeAddress(tx, subnet, address);
    const found = freeAddresses(tx, subnet, more + (primary === undefined ? 1 : 0), named);
    const [first = primary ?? '', ...rest] = primary === undefined ? found : [primary, ...found];
    const further = [...secondary, ...rest];
    const wanted = {
      securityGroups,
      ...described,
      ...(further.length === 0 ? {} : { secondaryPrivateIpv4Addresses: further }),
    };
    const eni = newInterface(subnet, first, wanted, ids);
    tx.networkInterfaces.put(eni);
    return presentInterface(eni, tx);
  },
  output: (NetworkInterface) => ({ NetworkInterface }),
});

function madeWith(view: RoadsteadView, scope: Scope, clientToken: string | undefined): NetworkInterface | undefined {
  if (clientToken === undefined) return undefined;
  for (const eni of view.networkInterfaces.by('scope', scopeKey(scope))) {
    if (eni.clientToken === clientToken) return eni;
  }
  return undefined;
}
