import type { ElasticIp } from '#model';
import { presentTags } from '../tags.ts';
import { type Kind, keyOf, notFoundAs } from './kind.ts';

/** Source of the filters: DescribeAddresses. */
export const elasticIps: Kind<ElasticIp> = {
  type: 'elastic-ip',
  prefix: 'eipalloc',
  table: (view) => view.elasticIps,
  find: (view, scope, id) => view.elasticIps.find(keyOf(scope, id)),
  idOf: (address) => address.allocationId,
  put: (tx, address) => tx.elasticIps.put(address),
  notFound: notFoundAs('InvalidAllocationID.NotFound', 'allocation ID'),
  filters: {
    'allocation-id': (address) => address.allocationId,
    'association-id': (address) => address.association?.associationId,
    domain: () => 'vpc',
    'instance-id': () => undefined,
    'network-border-group': (address) => address.region,
    'network-interface-id': (address) => address.association?.networkInterfaceId,
    'network-interface-owner-id': (address) => (address.association === undefined ? undefined : address.accountId),
    'private-ip-address': (address) => address.association?.privateIpAddress,
    'public-ip': (address) => address.publicIp,
  },
};

export function presentAddress({ allocationId, publicIp, region, accountId, association, tags }: ElasticIp) {
  return {
    AllocationId: allocationId,
    PublicIp: publicIp,
    Domain: 'vpc' as const,
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: region,
    ...(association === undefined
      ? {}
      : {
          AssociationId: association.associationId,
          NetworkInterfaceId: association.networkInterfaceId,
          NetworkInterfaceOwnerId: accountId,
          PrivateIpAddress: association.privateIpAddress,
        }),
    Tags: presentTags(tags),
  };
}
