import { isIP } from 'node:net';

export const faultKinds = ['network-blackhole-port', 'network-latency', 'network-packet-loss'] as const;
export type FaultKind = (typeof faultKinds)[number];
export const faultActions = ['start', 'stop', 'status'] as const;
export type FaultAction = (typeof faultActions)[number];

export interface BlackholeFault {
  readonly kind: 'network-blackhole-port';
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly trafficType: 'ingress' | 'egress';
  readonly sourcesToFilter: readonly string[];
}

export interface NetemFault {
  readonly kind: 'network-latency' | 'network-packet-loss';
  /** In netem's words: `delay 100ms 10ms`, `loss 5%`. */
  readonly effect: readonly string[];
  /** Addresses and blocks that the fault is for. */
  readonly sources: readonly string[];
  /** Those it is not for. */
  readonly sourcesToFilter: readonly string[];
  /** 1 to 100. */
  readonly flowsPercent: number;
}

/** A tc fault that is only to be stopped or looked at: it needs no parameters. */
export interface NamedFault {
  readonly kind: 'network-latency' | 'network-packet-loss';
}

export type Fault = BlackholeFault | NetemFault | NamedFault;

export type ParsedFault<F> =
  | { readonly ok: true; readonly fault: F }
  | { readonly ok: false; readonly problem: string };

/** Reads a request's body for what the action needs. Source: "Use fault injection with your Amazon ECS workloads". */
export function parseFault(kind: FaultKind, action: FaultAction, body: string): ParsedFault<Fault> {
  if (kind !== 'network-blackhole-port' && action !== 'start') return { ok: true, fault: { kind } };
  const members = objectIn(body);
  if (typeof members === 'string') return { ok: false, problem: members };
  try {
    return { ok: true, fault: kind === 'network-blackhole-port' ? blackhole(members) : netem(kind, members) };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problem: error.message };
    throw error;
  }
}

class Problem extends Error {}

type Members = Readonly<Record<string, unknown>>;

function objectIn(body: string): Members | string {
  if (body.trim() === '') return 'required request body is missing';
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  } catch {
    // Said below.
  }
  return 'failed to decode the request body: it is no JSON object';
}

function blackhole(members: Members): BlackholeFault {
  return {
    kind: 'network-blackhole-port',
    port: whole(members, 'Port', 0, 65_535),
    protocol: oneOf(members, 'Protocol', ['tcp', 'udp']),
    trafficType: oneOf(members, 'TrafficType', ['ingress', 'egress']),
    sourcesToFilter: addresses(members, 'SourcesToFilter'),
  };
}

function netem(kind: NetemFault['kind'], members: Members): NetemFault {
  const effect =
    kind === 'network-latency'
      ? [
          'delay',
          `${whole(members, 'DelayMilliseconds', 0, Number.MAX_SAFE_INTEGER)}ms`,
          `${whole(members, 'JitterMilliseconds', 0, Number.MAX_SAFE_INTEGER)}ms`,
        ]
      : ['loss', `${whole(members, 'LossPercent', 1, 100)}%`];
  const sources = addresses(members, 'Sources');
  if (sources.length === 0) throw new Problem('required parameter Sources is missing');
  const flowsPercent = members['FlowsPercent'] === undefined ? 100 : whole(members, 'FlowsPercent', 1, 100);
  return { kind, effect, sources, sourcesToFilter: addresses(members, 'SourcesToFilter'), flowsPercent };
}

function present(members: Members, name: string): unknown {
  const value = members[name];
  if (value === undefined || value === null) throw new Problem(`required parameter ${name} is missing`);
  return value;
}

function whole(members: Members, name: string, least: number, most: number): number {
  const value = present(members, name);
  const valid = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
  if (!valid) throw new Problem(`invalid value ${shown(value)} for parameter ${name}`);
  return value;
}

function oneOf<T extends string>(members: Members, name: string, values: readonly T[]): T {
  const value = present(members, name);
  const found = values.find((each) => each === value);
  if (found === undefined) throw new Problem(`invalid value ${shown(value)} for parameter ${name}`);
  return found;
}

/** IPv4 and IPv6 addresses and blocks: they become words of a command line, so that nothing else may pass. */
function addresses(members: Members, name: string): readonly string[] {
  const value = members[name] ?? [];
  if (!Array.isArray(value)) throw new Problem(`invalid value ${shown(value)} for parameter ${name}`);
  return value.map((each: unknown) => {
    if (typeof each !== 'string' || !isBlock(each))
      throw new Problem(`invalid value ${shown(each)} for parameter ${name}`);
    return each;
  });
}

function isBlock(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const bits = isIP(address) === 4 ? 32 : 128;
  if (isIP(address) === 0 || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits);
}

export function isIpv6(block: string): boolean {
  return block.includes(':');
}

function shown(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')).slice(0, 100);
}
