import { type NatGateway, type Scope, type Subnet, scopeKey } from '#model';
import { isAddressUsed, isAssignable, newInterface, newInterfaceIn } from '#network';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../operation.ts';
import { newAssociationId } from './AllocateAddress.ts';
import { associate, requireInternetGateway } from './elastic-ips.ts';
import { invalidParameterCombination, invalidParameterValue, missingParameter, unsupported } from './errors.ts';
import { elasticIps } from './resources/elastic-ip.ts';
import { getResource, keyOf } from './resources/kind.ts';
import { isForgotten, presentNatGateway } from './resources/nat-gateway.ts';
import { subnets } from './resources/subnet.ts';
import { change } from './service.ts';
import { newTags } from './tags.ts';

/** CreateNatGateway: at once available. A request with the token of an earlier one gives what that one made. */
export const CreateNatGateway = change('CreateNatGateway', {
  command: (input, { ids }) => {
    const { SubnetId, AllocationId, ConnectivityType = 'public', ClientToken, PrivateIpAddress } = input;
    if (input.AvailabilityMode === 'regional') throw unsupported('Regional NAT gateways are not part of Roadstead.');
    if (
      (input.SecondaryAllocationIds ?? []).length > 0 ||
      (input.SecondaryPrivateIpAddresses ?? []).length > 0 ||
      (input.SecondaryPrivateIpAddressCount ?? 0) > 0
    ) {
      throw unsupported('A NAT gateway has one address here: leave its secondary addresses out.');
    }
    if (SubnetId === undefined) throw missingParameter('subnetId');
    if (ConnectivityType === 'public' && AllocationId === undefined) {
      throw missingParameter('AllocationId. A public NAT gateway needs an Elastic IP address.');
    }
    if (ConnectivityType === 'private' && AllocationId !== undefined) {
      throw invalidParameterCombination('AllocationId cannot be used with a private NAT gateway.');
    }
    return {
      subnetId: SubnetId,
      natGatewayId: `nat-${ids.hex(17)}`,
      connectivityType: ConnectivityType,
      allocationId: AllocationId,
      address: PrivateIpAddress,
      clientToken: ClientToken,
      tags: newTags(input.TagSpecifications, 'natgateway'),
    };
  },
  apply: (tx, command, ctx) => {
    forgetDeleted(tx, ctx);
    const again = madeWith(tx, ctx.scope, command.clientToken);
    if (again !== undefined) return again;
    const { natGatewayId, connectivityType, allocationId, clientToken } = command;
    const subnet = getResource(subnets, tx, ctx.scope, command.subnetId);
    const eni = newNatInterface(tx, subnet, natGatewayId, command.address, ctx);
    tx.networkInterfaces.put(eni);
    const gateway: NatGateway = {
      ...ctx.scope,
      natGatewayId,
      vpcId: subnet.vpcId,
      subnetId: subnet.subnetId,
      connectivityType,
      state: 'available',
      networkInterfaceId: eni.networkInterfaceId,
      privateIp: eni.privateIpv4Address,
      createdAt: ctx.now,
      ...(clientToken === undefined ? {} : { clientToken }),
      ...command.tags,
    };
    const associated = {
      ...gateway,
      ...(allocationId === undefined ? {} : withAddress(tx, gateway, allocationId, ctx)),
    };
    tx.natGateways.put(associated);
    return associated;
  },
  output: (gateway) => ({
    NatGateway: presentNatGateway(gateway),
    ...(gateway.clientToken === undefined ? {} : { ClientToken: gateway.clientToken }),
  }),
});

function madeWith(view: RoadsteadView, scope: Scope, clientToken: string | undefined): NatGateway | undefined {
  if (clientToken === undefined) return undefined;
  for (const gateway of view.natGateways.by('scope', scopeKey(scope))) {
    if (gateway.clientToken === clientToken) return gateway;
  }
  return undefined;
}

function newNatInterface(
  tx: RoadsteadTx,
  subnet: Subnet,
  natGatewayId: string,
  address: string | undefined,
  { ids }: Pick<OperationContext, 'ids'>,
) {
  const wanted = {
    securityGroups: [],
    interfaceType: 'nat_gateway' as const,
    description: `Interface for NAT Gateway ${natGatewayId}`,
    requesterId: 'amazon-nat',
    sourceDestCheck: false,
  };
  if (address === undefined) {
    const eni = newInterfaceIn(tx, subnet, wanted, ids);
    if (eni !== undefined) return eni;
    const message = `The subnet ${subnet.subnetId} has no free address.`;
    throw new ApiError('InsufficientFreeAddressesInSubnet', message);
  }
  if (!isAssignable(subnet, address) || isAddressUsed(tx, address)) {
    throw invalidParameterValue(`The address ${address} is not a free one of the subnet ${subnet.subnetId}.`);
  }
  return newInterface(subnet, address, wanted, ids);
}

/** What its Elastic IP address adds to a gateway. */
function withAddress(
  tx: RoadsteadTx,
  gateway: NatGateway,
  allocationId: string,
  { scope, ids }: Pick<OperationContext, 'scope' | 'ids'>,
): Pick<NatGateway, 'allocationId' | 'publicIp' | 'associationId'> {
  const address = getResource(elasticIps, tx, scope, allocationId);
  if (address.association !== undefined) {
    const message = `Elastic IP address [${allocationId}] is already associated`;
    throw new ApiError('Resource.AlreadyAssociated', message);
  }
  requireInternetGateway(tx, gateway.vpcId);
  const associationId = newAssociationId(ids);
  associate(tx, address, tx.networkInterfaces.get(gateway.networkInterfaceId), associationId);
  return { allocationId, publicIp: address.publicIp, associationId };
}

/** Takes away what was deleted more than an hour ago. */
export function forgetDeleted(tx: RoadsteadTx, { scope, now }: Pick<OperationContext, 'scope' | 'now'>): void {
  for (const gateway of tx.natGateways.by('scope', scopeKey(scope))) {
    if (isForgotten(gateway, now)) tx.natGateways.delete(keyOf(scope, gateway.natGatewayId));
  }
}
