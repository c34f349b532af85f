import { spawn } from 'node:child_process';
import { access, writeFile } from 'node:fs/promises';
import { Fault } from '#base';
import { mustRun, runProgram } from '../programs/index.ts';

/** The interface of a node, as its documents tell. */
export interface NodeInterface {
  /** `eni-…`. */
  readonly interfaceId: string;
  readonly macAddress: string;
  readonly address: string;
  /** The subnet's gateway with its prefix length. */
  readonly subnetGateway: string;
}

/** Gives a namespace its routed interface, as a port: the fabric's. Every call may be repeated. */
export interface NodeNetwork {
  attach(nodeInterface: NodeInterface, pid: number): Promise<void>;
  detach(interfaceId: string): Promise<void>;
}

const directory = '/run/netns';
const prefix = 'rsb-';

export function namespaceName(interfaceId: string): string {
  return `${prefix}${interfaceId
    .replace(/^eni-/, '')
    .replace(/[^0-9a-z]/gi, '')
    .slice(-24)}`;
}

export function namespacePath(interfaceId: string): string {
  return `${directory}/${namespaceName(interfaceId)}`;
}

/** Of a node's namespace: what it forwards goes out by the device by which it came. */
const settings = [
  ['ip_forward', '1'],
  ['conf/all/rp_filter', '0'],
  ['conf/default/rp_filter', '0'],
  ['conf/eth0/rp_filter', '0'],
  ['conf/all/send_redirects', '0'],
  ['conf/eth0/send_redirects', '0'],
] as const;

/**
 * Of the host's side of a node's device: answers to the host's own 127.0.0.1 come back by it, and a network load
 * balancer's node sends on what came from the addresses of clients.
 */
const deviceSettings = [
  ['route_localnet', '1'],
  // A device without an address knows no loose filter: what would not be answered by it is dropped, or nothing is.
  ['rp_filter', '0'],
] as const;

/**
 * The namespace of a load balancer's node with its interface in it. It needs no process to be kept, so it outlives
 * whatever runs in it. Throws Fault `Balancing` or `Network`.
 */
export async function ensureNamespace(nodeInterface: NodeInterface, network: NodeNetwork): Promise<void> {
  const { interfaceId } = nodeInterface;
  const path = namespacePath(interfaceId);
  if (!(await exists(path))) await mustRun('ip', ['netns', 'add', namespaceName(interfaceId)]);
  await withProcessIn(path, (pid) => network.attach(nodeInterface, pid));
  const script = settings.map(([name, value]) => `echo ${value} > /proc/sys/net/ipv4/${name}`).join('\n');
  await runIn(path, 'sh', ['-e'], script);
  const device = await deviceOf(nodeInterface.address);
  for (const [name, value] of deviceSettings) await writeFile(`/proc/sys/net/ipv4/conf/${device}/${name}`, value);
}

/** The device of this host that leads to an address. Throws Fault `Balancing` when none does. */
export async function deviceOf(address: string): Promise<string> {
  const [route] = JSON.parse(await mustRun('ip', ['-j', 'route', 'get', address])) as { readonly dev?: string }[];
  if (route?.dev === undefined) throw new Fault('Balancing', `nothing leads to ${address}`, { retryable: true });
  return route.dev;
}

/** Takes a namespace away with all that is in it but processes. */
export async function removeNamespace(interfaceId: string, network: NodeNetwork): Promise<void> {
  await network.detach(interfaceId);
  if (await exists(namespacePath(interfaceId))) await mustRun('ip', ['netns', 'del', namespaceName(interfaceId)]);
}

export function runIn(path: string, program: string, args: readonly string[], input = ''): Promise<string> {
  return mustRun('nsenter', [`--net=${path}`, program, ...args], input);
}

/** As {@link runIn}, for a program that may fail. */
export async function tryIn(path: string, program: string, args: readonly string[]): Promise<void> {
  await runProgram('nsenter', [`--net=${path}`, program, ...args]);
}

/** Devices are moved to the namespace of a process: one that waits there for as long as that takes. */
async function withProcessIn(path: string, act: (pid: number) => Promise<void>): Promise<void> {
  // `cat` says that it is there by giving back what it is told, and ends with its input.
  const child = spawn('nsenter', [`--net=${path}`, 'cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const there = new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${path} cannot be entered`)));
  });
  child.stdin.on('error', () => {});
  child.stdin.write('\n');
  try {
    await there;
    if (child.pid !== undefined) await act(child.pid);
  } finally {
    child.stdin.end();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
