import type { PayloadInterface } from '#wire/link';

/** What of an interface can be seen in the namespaces of its task. */
export type InterfaceNames = Pick<
  PayloadInterface,
  'ipv4Addresses' | 'subnetGatewayIpv4Address' | 'privateDnsName' | 'domainName' | 'domainNameServers'
>;

/** AWS keeps the first four addresses of a subnet and its last one. Source: "Subnet CIDR blocks" in the VPC guide. */
const keptAtStart = 4;
const keptAtEnd = 1;
/** An interface this little behind another one was given before it, and only came later. */
const reorderedAtMost = 32;

interface Place {
  readonly address: number;
  /** First address that tasks may have, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** What follows the address in the private name. */
  readonly domain: string;
}

/** Interfaces with the same id differ in nothing but their addresses: those of one subnet. */
export function seriesOf(eni: InterfaceNames): string | undefined {
  const place = placeOf(eni);
  if (place === undefined) return undefined;
  const { domainName = [], domainNameServers = [] } = eni;
  return [eni.subnetGatewayIpv4Address, place.domain, ...domainName, ...domainNameServers].join(' ');
}

/** Of two interfaces of one series the one that addresses are given from next. */
export function furthest(known: InterfaceNames | undefined, seen: InterfaceNames): InterfaceNames {
  const from = known === undefined ? undefined : placeOf(known);
  const to = placeOf(seen);
  if (known === undefined || from === undefined || to === undefined) return seen;
  const behind = modulo(from.address - to.address, from.count);
  return behind > 0 && behind <= Math.min(reorderedAtMost, from.count / 2) ? known : seen;
}

/**
 * The interfaces that come after one, nearest first: control planes give a subnet's addresses in order, and begin again
 * at its lowest. Addresses in use are left out.
 */
export function following(
  last: InterfaceNames,
  count: number,
  isUsed: (address: string) => boolean,
): readonly InterfaceNames[] {
  const place = placeOf(last);
  if (place === undefined) return [];
  const found: InterfaceNames[] = [];
  for (let step = 1; step < place.count && found.length < count; step++) {
    const address = formatted(place.first + modulo(place.address - place.first + step, place.count));
    if (isUsed(address)) continue;
    found.push({
      ...last,
      ipv4Addresses: [{ privateAddress: address, primary: true }],
      privateDnsName: `ip-${dashed(address)}${place.domain}`,
    });
  }
  return found;
}

/** `undefined` for one whose name does not say its address, as EC2's names do: what comes next cannot be known. */
function placeOf({ ipv4Addresses, subnetGatewayIpv4Address, privateDnsName }: InterfaceNames): Place | undefined {
  const [only, ...others] = ipv4Addresses;
  const address = only?.privateAddress ?? '';
  const prefix = Number(subnetGatewayIpv4Address.split('/')[1]);
  const name = `ip-${dashed(address)}`;
  const valid = /^\d+(\.\d+){3}$/.test(address) && Number.isInteger(prefix) && prefix >= 8 && prefix <= 30;
  if (!valid || others.length > 0 || !privateDnsName.startsWith(name)) return undefined;
  const domain = privateDnsName.slice(name.length);
  if (domain !== '' && !domain.startsWith('.')) return undefined;
  const size = 2 ** (32 - prefix);
  const number = parsed(address);
  const base = number - (number % size);
  const first = base + keptAtStart;
  const count = size - keptAtStart - keptAtEnd;
  return number < first || number >= first + count ? undefined : { address: number, first, count, domain };
}

function parsed(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

function formatted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

function dashed(address: string): string {
  return address.replaceAll('.', '-');
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
