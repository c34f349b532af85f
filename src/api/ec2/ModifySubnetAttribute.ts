import type { Subnet } from '#model';
import { noIpv6 } from './CreateVpc.ts';
import { invalidParameterCombination, missingParameter, unsupported } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { subnets } from './resources/subnet.ts';
import { change } from './service.ts';

/** ModifySubnetAttribute: one attribute at a time; those of IPv6 and of Outposts can only be what they are. */
export const ModifySubnetAttribute = change('ModifySubnetAttribute', {
  command: ({ SubnetId, ...input }) => {
    if (
      input.AssignIpv6AddressOnCreation?.Value === true ||
      input.EnableDns64?.Value === true ||
      input.EnableResourceNameDnsAAAARecordOnLaunch?.Value === true
    ) {
      throw noIpv6();
    }
    if (input.MapCustomerOwnedIpOnLaunch?.Value === true || input.EnableLniAtDeviceIndex !== undefined) {
      throw unsupported('There are no Outposts here.');
    }
    const changes: Partial<Subnet>[] = [
      ...(input.MapPublicIpOnLaunch?.Value === undefined
        ? []
        : [{ mapPublicIpOnLaunch: input.MapPublicIpOnLaunch.Value }]),
      ...(input.PrivateDnsHostnameTypeOnLaunch === undefined
        ? []
        : [{ hostnameType: input.PrivateDnsHostnameTypeOnLaunch }]),
      ...(input.EnableResourceNameDnsARecordOnLaunch?.Value === undefined
        ? []
        : [{ resourceNameDnsARecord: input.EnableResourceNameDnsARecordOnLaunch.Value }]),
      ...((input.AssignIpv6AddressOnCreation ??
      input.EnableDns64 ??
      input.EnableResourceNameDnsAAAARecordOnLaunch ??
      input.MapCustomerOwnedIpOnLaunch)
        ? [{}]
        : []),
    ];
    if (changes.length === 0) throw missingParameter('attribute');
    if (changes.length > 1) throw invalidParameterCombination('Only one subnet attribute can be modified at a time');
    return { subnetId: SubnetId, changed: changes[0] };
  },
  apply: (tx, { subnetId, changed }, { scope }) => {
    tx.subnets.put({ ...getResource(subnets, tx, scope, subnetId), ...changed });
  },
  output: () => ({}),
});
