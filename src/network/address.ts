import { assert } from '#base';
import { formatIpv4, parseIpv4 } from '#model';

/**
 * IPv4 arithmetic of subnets. Addresses are 32-bit numbers inside, dotted text outside.
 */
export interface AddressRange {
  /** The network's own address. */
  readonly base: number;
  readonly prefixLength: number;
  /** First and last address that may be given to an interface. */
  readonly first: number;
  readonly last: number;
}

/** AWS keeps the first four addresses of a subnet and its last one. Source: "Subnet CIDR blocks" in the VPC guide. */
const reservedAtStart = 4;

/** Takes an IPv4 CIDR block apart. Throws AssertionFailure for anything else: subnets are checked when made. */
export function rangeOf(cidrBlock: string): AddressRange {
  const [address = '', prefix = ''] = cidrBlock.split('/');
  const prefixLength = Number(prefix);
  assert(/^\d+$/.test(prefix) && prefixLength >= 1 && prefixLength <= 30, `not a subnet: ${cidrBlock}`);
  const size = 2 ** (32 - prefixLength);
  const given = parseAddress(address);
  const base = given - (given % size);
  return { base, prefixLength, first: base + reservedAtStart, last: base + size - 2 };
}

/** How many interfaces fit. */
export function capacityOf(range: AddressRange): number {
  return Math.max(0, range.last - range.first + 1);
}

/** The subnet's router with the prefix length: `172.31.0.1/20`. */
export function gatewayOf(range: AddressRange): string {
  return `${formatIpv4(range.base + 1)}/${range.prefixLength}`;
}

/**
 * The next free address from `cursor` on, then from the start: lowest first, and an address just given back comes last.
 * `undefined` when none is free.
 */
export function nextAddress(
  range: AddressRange,
  cursor: number | undefined,
  isUsed: (address: string) => boolean,
): number | undefined {
  const start = cursor === undefined || cursor < range.first || cursor > range.last ? range.first : cursor;
  const count = capacityOf(range);
  for (let step = 0; step < count; step++) {
    const address = range.first + ((start - range.first + step) % count);
    if (!isUsed(formatIpv4(address))) return address;
  }
  return undefined;
}

/** Throws AssertionFailure. */
export function parseAddress(text: string): number {
  const address = parseIpv4(text);
  assert(address !== undefined, `not an IPv4 address: ${text}`);
  return address;
}

export { formatIpv4 as formatAddress };
