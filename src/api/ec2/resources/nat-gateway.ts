import { elapsedMs, type Instant } from '#base';
import type { NatGateway } from '#model';
import { ApiError } from '#wire/aws';
import { presentTags } from '../tags.ts';
import { type Kind, keyOf } from './kind.ts';

/** Source of the filters: DescribeNatGateways. */
export const natGateways: Kind<NatGateway> = {
  type: 'natgateway',
  prefix: 'nat',
  table: (view) => view.natGateways,
  find: (view, scope, id) => view.natGateways.find(keyOf(scope, id)),
  idOf: (gateway) => gateway.natGatewayId,
  put: (tx, gateway) => tx.natGateways.put(gateway),
  notFound: (id) => new ApiError('NatGatewayNotFound', `NAT gateway ${id} was not found`),
  malformed: 'NatGatewayMalformed',
  filters: {
    'nat-gateway-id': (gateway) => gateway.natGatewayId,
    state: (gateway) => gateway.state,
    'subnet-id': (gateway) => gateway.subnetId,
    'vpc-id': (gateway) => gateway.vpcId,
    'connectivity-type': (gateway) => gateway.connectivityType,
  },
};

/** How long a deleted one is still told of. Source: "Delete a NAT gateway" in the VPC guide. */
const deletedForMs = 3_600_000;

export function isForgotten({ deletedAt }: NatGateway, now: Instant): boolean {
  return deletedAt !== undefined && elapsedMs(deletedAt, now) > deletedForMs;
}

export function presentNatGateway(gateway: NatGateway) {
  const { allocationId, publicIp, associationId, deletedAt } = gateway;
  return {
    NatGatewayId: gateway.natGatewayId,
    VpcId: gateway.vpcId,
    SubnetId: gateway.subnetId,
    State: gateway.state,
    ConnectivityType: gateway.connectivityType,
    CreateTime: gateway.createdAt,
    ...(deletedAt === undefined ? {} : { DeleteTime: deletedAt }),
    NatGatewayAddresses: [
      {
        NetworkInterfaceId: gateway.networkInterfaceId,
        PrivateIp: gateway.privateIp,
        IsPrimary: true,
        Status: 'succeeded' as const,
        ...(allocationId === undefined ? {} : { AllocationId: allocationId }),
        ...(publicIp === undefined ? {} : { PublicIp: publicIp }),
        ...(associationId === undefined ? {} : { AssociationId: associationId }),
      },
    ],
    Tags: presentTags(gateway.tags),
  };
}
