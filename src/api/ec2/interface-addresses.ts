import { addressesOf, type NetworkInterface, parseIpv4, type Subnet } from '#model';
import { addressFor, formatAddress, isAddressUsed, isAssignable, rangeOf } from '#network';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { invalidParameterValue } from './errors.ts';

/** InvalidIPAddress.InUse, or InvalidParameterValue when it is no address of the subnet. */
export function requireFreeAddress(view: RoadsteadView, subnet: Subnet, address: string): void {
  if (parseIpv4(address) === undefined) {
    throw invalidParameterValue(`Value (${address}) for parameter privateIpAddress is invalid.`);
  }
  if (!isAssignable(subnet, address)) {
    throw invalidParameterValue(`Address ${address} does not fall within the subnet's address range`);
  }
  if (isAddressUsed(view, address)) {
    throw new ApiError('InvalidIPAddress.InUse', `The specified address ${address} is already in use.`);
  }
}

/** So many of the subnet's free addresses, none of those `taken`. */
export function freeAddresses(
  view: RoadsteadView,
  subnet: Subnet,
  count: number,
  taken: readonly string[],
): readonly string[] {
  const found = [...taken];
  for (let index = 0; index < count; index++) {
    const next = addressFor(rangeOf(subnet.cidrBlock), { run: undefined, cursor: undefined }, (text) => {
      return found.includes(text) || isAddressUsed(view, text);
    });
    if (next === undefined) throw noFreeAddress();
    found.push(formatAddress(next.address));
  }
  return found.slice(taken.length);
}

export function noFreeAddress(): ApiError {
  return new ApiError(
    'InsufficientFreeAddressesInSubnet',
    'The specified subnet does not have enough free addresses to satisfy the request.',
  );
}

/** The interface with further addresses, or with fewer: without the member when there are none. */
export function withSecondary(eni: NetworkInterface, addresses: readonly string[]): NetworkInterface {
  const { secondaryPrivateIpv4Addresses: _none, ...without } = eni;
  return addresses.length === 0 ? without : { ...without, secondaryPrivateIpv4Addresses: addresses };
}

export function secondaryOf(eni: NetworkInterface): readonly string[] {
  return addressesOf(eni).slice(1);
}
