import type { PortMatch } from '#wire/link';

const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };
const withPorts = new Set([6, 17]);
const icmp = 1;

/**
 * What a rule's protocol and ports let through. `from` and `to` are ICMP's type and code there; -1 and absent mean any.
 */
export function portMatch(protocolText: string, from: number | undefined, to: number | undefined): PortMatch {
  const protocol = numbers[protocolText] ?? Number(protocolText);
  if (withPorts.has(protocol)) {
    const any = from === undefined || to === undefined || from < 0 || (from === 0 && to === 65_535);
    return any ? { protocol } : { protocol, fromPort: from, toPort: to };
  }
  if (protocol === icmp && from !== undefined && from >= 0) {
    return { protocol, icmpType: from, ...(to === undefined || to < 0 ? {} : { icmpCode: to }) };
  }
  return { protocol };
}
