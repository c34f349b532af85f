import { Fault } from '#base';

/** The device by which all other hosts are reached; as every device of the fabric it begins with `rs`. */
export const overlayDevice = 'rsvxlan';
/** Of the network between an installation's hosts, and its UDP port (IANA's for VXLAN). */
const networkId = 8274;
const port = 4789;
/** What VXLAN puts around a packet: 20 of IPv4, 8 of UDP, 8 of its own, 14 of Ethernet. */
export const overlayOverheadBytes = 50;
/** Marks routes to other hosts; those to devices here have another (plan.ts). */
export const overlayProtocol = 83;
/** Answers to what another host itself sent go back through the fabric: marked packets look in this table. */
const replyTable = 8200;
const replyMark = '0x52000000/0xff000000';

/** What the fabric between hosts shall be. */
export interface Overlay {
  /** This host's address there; absent: it is alone. */
  readonly underlayAddress?: string;
  /** Addresses of the other hosts. */
  readonly peers: ReadonlySet<string>;
  /** Addresses of interfaces on other hosts, each with its host's. */
  readonly routes: ReadonlyMap<string, string>;
  /** CIDR blocks of VPCs: what nobody has never leaves the host. */
  readonly unreachable: ReadonlySet<string>;
}

/** The device's hardware address on a host, made of its address: never stale, also when the host is installed anew. */
export function overlayMac(underlayAddress: string): string {
  const bytes = underlayAddress.split('.').map(Number);
  const valid = bytes.length === 4 && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
  if (!valid) throw new Fault('Network', `${underlayAddress} is no IPv4 address`);
  return ['02', '52', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

export function deviceLines(underlayAddress: string, mtu: number): string[] {
  return [
    `link add ${overlayDevice} address ${overlayMac(underlayAddress)} mtu ${mtu} type vxlan id ${networkId} dstport ${port} local ${underlayAddress} nolearning`,
    `link set ${overlayDevice} addrgenmode none up`,
  ];
}

/** Addresses of other hosts may come out of it, which a strict check would take for spoofed. */
export const overlaySettings: readonly (readonly [string, string])[] = [
  [`net/ipv4/conf/${overlayDevice}/rp_filter`, '0'],
  [`net/ipv4/conf/${overlayDevice}/forwarding`, '1'],
  [`net/ipv4/conf/${overlayDevice}/send_redirects`, '0'],
];

export function peerLines(peer: string, metric: number): string[] {
  return [
    `neigh replace ${peer} lladdr ${overlayMac(peer)} dev ${overlayDevice} nud permanent`,
    `route replace ${peer}/32 via ${peer} dev ${overlayDevice} onlink table ${replyTable} proto ${overlayProtocol} metric ${metric}`,
  ];
}

export function forwardingLine(peer: string): string {
  return `fdb replace ${overlayMac(peer)} dev ${overlayDevice} dst ${peer} self permanent`;
}

export function peerRemoval(peer: string, metric: number): { readonly ip: readonly string[]; readonly bridge: string } {
  return {
    ip: [
      `route del ${peer}/32 table ${replyTable} proto ${overlayProtocol} metric ${metric}`,
      `neigh del ${peer} dev ${overlayDevice}`,
    ],
    bridge: `fdb del ${overlayMac(peer)} dev ${overlayDevice} self`,
  };
}

export function routeLine(address: string, peer: string, metric: number): string {
  return `route replace ${address}/32 via ${peer} dev ${overlayDevice} onlink proto ${overlayProtocol} metric ${metric}`;
}

export function routeRemoval(address: string, metric: number): string {
  return `route del ${address}/32 proto ${overlayProtocol} metric ${metric}`;
}

/** Behind all that is known to be anywhere: metrics of routes are far below. */
export function unreachableLine(verb: 'replace' | 'del', cidr: string, metric: number): string {
  return `route ${verb} unreachable ${cidr} proto ${overlayProtocol} metric ${unreachableMetric(metric)}`;
}

export function unreachableMetric(metric: number): number {
  return 0x80_00_00_00 + metric;
}

export const replyRule = {
  priority: replyTable,
  line: `fwmark ${replyMark} lookup ${replyTable} priority ${replyTable}`,
};
