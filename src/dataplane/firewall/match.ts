import { Fault } from '#base';
import type { PortMatch } from '#wire/link';

const tcp = 6;
const udp = 17;
const icmp = 1;

/**
 * The words of a rule that match protocol and ports; none for everything. `original`: the port as it was before the
 * host turned the packet to a container.
 */
export function portWords(match: PortMatch, original = false): string {
  const { protocol, fromPort, toPort, icmpType, icmpCode } = match;
  if (protocol === -1) return '';
  const protocolWords = `meta l4proto ${number(protocol, 255)}`;
  if ((protocol === tcp || protocol === udp) && fromPort !== undefined) {
    const first = number(fromPort, 65_535);
    const last = number(toPort ?? fromPort, 65_535);
    const ports = first === last ? `${first}` : `${first}-${last}`;
    return `${protocolWords} ${original ? 'ct original proto-dst' : 'th dport'} ${ports}`;
  }
  if (protocol === icmp && icmpType !== undefined && icmpType >= 0) {
    const code = icmpCode === undefined || icmpCode < 0 ? '' : ` icmp code ${number(icmpCode, 255)}`;
    return `icmp type ${number(icmpType, 255)}${code}`;
  }
  return protocolWords;
}

/** A CIDR block as a rule has it; the words are empty for all addresses. */
export function addressWords(direction: 'saddr' | 'daddr', cidr: string): string {
  if (!/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(cidr)) throw new Fault('Network', `${cidr} is no CIDR block`);
  return cidr.endsWith('/0') ? '' : `ip ${direction} ${cidr}`;
}

/** Words in order, apart by blanks, the empty ones left out. */
export function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function number(value: number, most: number): number {
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new Fault('Network', `${value} is not a number of 0 to ${most}`);
  }
  return value;
}
