import type { Ids } from '#base';
import { addressesOf, internalDomain, type NetworkInterface, parseIpv4, type Scope, type Subnet } from '#model';
import type { RoadsteadView } from '#store';
import { capacityOf, formatAddress, gatewayOf, rangeOf } from './address.ts';
import { addressFor } from './run.ts';

/** What an interface shall be, beside its subnet and its address. */
export type WantedInterface = Pick<NetworkInterface, 'securityGroups'> &
  Omit<Partial<NetworkInterface>, keyof Scope | 'networkInterfaceId' | 'subnetId' | 'vpcId' | 'availabilityZone'>;

/** A new interface of the subnet with the address, in the subnet's account. */
export function newInterface(subnet: Subnet, address: string, wanted: WantedInterface, ids: Ids): NetworkInterface {
  const id = ids.hex(17);
  return {
    accountId: subnet.accountId,
    region: subnet.region,
    networkInterfaceId: `eni-${id}`,
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    macAddress: macFor(id),
    privateIpv4Address: address,
    subnetGatewayIpv4Address: gatewayOf(rangeOf(subnet.cidrBlock)),
    privateDnsName: `ip-${address.replaceAll('.', '-')}.${internalDomain(subnet.region)}`,
    ...wanted,
  };
}

/**
 * A new interface with the subnet's lowest free address; `undefined` when it has none. Nothing is stored: put it in the
 * same transaction.
 */
export function newInterfaceIn(
  view: Pick<RoadsteadView, 'networkInterfaces'>,
  subnet: Subnet,
  wanted: WantedInterface,
  ids: Ids,
): NetworkInterface | undefined {
  const found = addressFor(rangeOf(subnet.cidrBlock), { run: undefined, cursor: undefined }, (text) =>
    isAddressUsed(view, text),
  );
  return found === undefined ? undefined : newInterface(subnet, formatAddress(found.address), wanted, ids);
}

/** Whether any interface has the private address: one is given once in all VPCs together. */
export function isAddressUsed(view: Pick<RoadsteadView, 'networkInterfaces'>, address: string): boolean {
  return view.networkInterfaces.count('address', address) > 0;
}

/** Whether an interface of the subnet may have the address: it is of its range, and not one that AWS keeps. */
export function isAssignable(subnet: Subnet, address: string): boolean {
  const range = rangeOf(subnet.cidrBlock);
  const given = parseIpv4(address);
  return given !== undefined && given >= range.first && given <= range.last;
}

/** How many addresses of the subnet no interface has. */
export function freeAddressesOf(view: Pick<RoadsteadView, 'networkInterfaces'>, subnet: Subnet): number {
  let used = 0;
  for (const eni of view.networkInterfaces.by('subnet', subnet.subnetId)) used += addressesOf(eni).length;
  return Math.max(0, capacityOf(rangeOf(subnet.cidrBlock)) - used);
}

/** A locally administered unicast address: bit 1 of the first byte set, bit 0 clear. */
function macFor(hexId: string): string {
  const bytes = hexId.slice(0, 10).match(/../g) ?? [];
  return ['0a', ...bytes].join(':');
}
