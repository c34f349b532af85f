import { type ElasticIp, type NetworkInterface, type Scope, scopeKey } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { missingParameter } from './errors.ts';
import { elasticIps } from './resources/elastic-ip.ts';
import { getResource } from './resources/kind.ts';

/** The allocation that a request names, by its id or by its address. */
export function requireAllocation(
  view: RoadsteadView,
  scope: Scope,
  given: { readonly allocationId: string | undefined; readonly publicIp: string | undefined },
): ElasticIp {
  if (given.allocationId !== undefined) return getResource(elasticIps, view, scope, given.allocationId);
  if (given.publicIp === undefined) throw missingParameter('AllocationId');
  for (const found of view.elasticIps.by('address', given.publicIp)) {
    if (scopeKey(found) === scopeKey(scope)) return found;
  }
  throw new ApiError('InvalidAddress.NotFound', `Address '${given.publicIp}' not found.`);
}

/** InvalidParameterValue-like refusals of AWS: what a service associated, its user does not touch. */
export function notPermitted(): ApiError {
  return new ApiError('OperationNotPermitted', 'You do not have permission to access the specified resource.');
}

/** The address leads to the interface from now on, and nowhere else. */
export function associate(tx: RoadsteadTx, address: ElasticIp, eni: NetworkInterface, associationId: string): void {
  const { publicIp, allocationId } = address;
  const privateIpAddress = eni.privateIpv4Address;
  const { networkInterfaceId } = eni;
  tx.elasticIps.put({ ...address, association: { associationId, networkInterfaceId, privateIpAddress } });
  tx.networkInterfaces.put({ ...eni, association: { publicIp, allocationId, associationId } });
}

/** The address leads nowhere. */
export function disassociate(tx: RoadsteadTx, { association, ...address }: ElasticIp): void {
  tx.elasticIps.put(address);
  const eni = association === undefined ? undefined : tx.networkInterfaces.find(association.networkInterfaceId);
  if (eni === undefined) return;
  const { association: _, ...left } = eni;
  tx.networkInterfaces.put(left);
}

/** Gateway.NotAttached when the VPC has no way out: an address of the outside would lead nowhere. */
export function requireInternetGateway(view: RoadsteadView, vpcId: string): void {
  if (view.internetGateways.count('vpc', vpcId) > 0) return;
  throw new ApiError('Gateway.NotAttached', `Network ${vpcId} is not attached to any internet gateway`);
}
