import { Fault } from '#base';
import { devicePrefix } from './rules.ts';

/** The interface of a task, as the control plane gave it. */
export interface FabricInterface {
  /** `eni-` and hexadecimal characters. */
  readonly interfaceId: string;
  readonly macAddress: string;
  /** IPv4. */
  readonly address: string;
  /** The subnet's gateway with its prefix length: `172.31.0.1/20`. */
  readonly subnetGateway: string;
}

/** The task's gateway, the same everywhere: link-local, and answered for by a fixed neighbour entry. */
const gateway = '169.254.1.1';
/** The host's side of every pair has this hardware address, so that a task's neighbour entry never goes stale. */
const hostMac = 'ee:ee:ee:ee:ee:ee';
/** Marks the routes of the fabric. */
export const routeProtocol = 82;
/** Behind every other route to the same prefix. */
const unreachableMetric = 4_278_198_272;

/** The host's side of a task's pair of devices: at most 15 characters, the same for the same interface. */
export function deviceName(interfaceId: string): string {
  const hex = interfaceId.replace(/^eni-/, '').replace(/[^0-9a-f]/gi, '');
  if (hex === '') throw new Fault('Network', `${interfaceId} is no interface id`);
  return devicePrefix + hex.slice(-12).padStart(12, '0').toLowerCase();
}

/** The subnet that a gateway stands for: `172.31.16.1/20` is in `172.31.16.0/20`. */
export function subnetOf(subnetGateway: string): string {
  const [address = '', length = ''] = subnetGateway.split('/');
  const prefix = Number(length);
  const bytes = address.split('.').map(Number);
  const valid = bytes.length === 4 && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
  if (!valid || !Number.isInteger(prefix) || prefix < 1 || prefix > 32) {
    throw new Fault('Network', `${subnetGateway} is no gateway address`);
  }
  const masked = bytes.map((byte, index) => byte & (0xff << Math.max(0, Math.min(8, 8 * (index + 1) - prefix))));
  return `${masked.join('.')}/${prefix}`;
}

/** Whether an address lies in a subnet. */
export function contains(subnet: string, address: string): boolean {
  return subnetOf(`${address}/${subnet.split('/')[1] ?? '32'}`) === subnet;
}

/** The host's side: the pair, its owner's mark, a fixed neighbour and the route to the one address behind it. */
export function hostLines(
  task: FabricInterface,
  pid: number,
  { mtu, owner, deviceGroup = 0 }: { readonly mtu: number; readonly owner: string; readonly deviceGroup?: number },
): string[] {
  const device = deviceName(task.interfaceId);
  return [
    `link add ${device} address ${hostMac} mtu ${mtu} type veth peer name eth0 address ${task.macAddress} mtu ${mtu} netns ${pid}`,
    `link set ${device} alias ${quoted(owner)} group ${deviceGroup} addrgenmode none up`,
    ...routeLines(task),
  ];
}

/** What must hold for as long as the device is there. */
export function routeLines(task: FabricInterface): string[] {
  const device = deviceName(task.interfaceId);
  return [
    `neigh replace ${task.address} lladdr ${task.macAddress} dev ${device} nud permanent`,
    `route replace ${task.address}/32 dev ${device} proto ${routeProtocol}`,
    unreachableLine('replace', subnetOf(task.subnetGateway)),
  ];
}

/** Packets to an address of the subnet that no task has never leave the host. */
export function unreachableLine(verb: 'replace' | 'del', subnet: string): string {
  return `route ${verb} unreachable ${subnet} proto ${routeProtocol} metric ${unreachableMetric}`;
}

/** The task's side. */
export function taskLines(task: FabricInterface): string[] {
  return [
    'link set lo up',
    `addr replace ${task.address}/32 dev eth0`,
    'link set eth0 up',
    `neigh replace ${gateway} lladdr ${hostMac} dev eth0 nud permanent`,
    `route replace ${gateway}/32 dev eth0 scope link`,
    `route replace default via ${gateway} dev eth0 onlink`,
  ];
}

/** `ip -batch` splits at blanks unless quoted. */
function quoted(text: string): string {
  return `"${text.replace(/["\\\s]/g, '_')}"`;
}

/** What is set for each device: only the task's own address may come out of it, and routed on. */
export function deviceSettings(device: string): readonly (readonly [string, string])[] {
  return [
    [`net/ipv4/conf/${device}/rp_filter`, '1'],
    [`net/ipv4/conf/${device}/forwarding`, '1'],
    [`net/ipv4/conf/${device}/send_redirects`, '0'],
  ];
}
