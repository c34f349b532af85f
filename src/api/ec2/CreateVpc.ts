import { newVpc, putVpc } from '#network';
import { requireFreeRange, vpcCidrFrom } from './cidr-block.ts';
import { missingParameter, unsupported } from './errors.ts';
import { presentVpc } from './resources/vpc.ts';
import { change } from './service.ts';
import { newTags } from './tags.ts';

/** CreateVpc, with its main route table, default network ACL and default security group. No VPC may overlap another. */
export const CreateVpc = change('CreateVpc', {
  command: (input, ctx) => {
    const { CidrBlock, InstanceTenancy = 'default' } = input;
    if (input.AmazonProvidedIpv6CidrBlock === true || input.Ipv6CidrBlock !== undefined) throw noIpv6();
    if (input.Ipv4IpamPoolId !== undefined) throw unsupported('Ipv4IpamPoolId: there are no IPAM pools here.');
    if (CidrBlock === undefined) throw missingParameter('cidrBlock');
    const given = {
      cidrBlock: vpcCidrFrom(CidrBlock),
      isDefault: false,
      ...(InstanceTenancy === 'dedicated' ? { instanceTenancy: 'dedicated' as const } : {}),
      ...newTags(input.TagSpecifications, 'vpc'),
    };
    return newVpc(ctx.scope, given, ctx.ids);
  },
  apply: (tx, records) => {
    requireFreeRange(tx, records.vpc.cidrBlock, records.vpc);
    putVpc(tx, records);
    return presentVpc(records.vpc, tx);
  },
  output: (Vpc) => ({ Vpc }),
});

/** IPv6 there is none of: neither addresses nor routes. */
export function noIpv6(): Error {
  return unsupported('IPv6 addresses are not part of this version of Roadstead. Leave the IPv6 CIDR block out.');
}
