import type { BalancerDocument, ListenerDocument, TargetDocument, TargetGroupDocument } from '#wire/link';
import { byHaproxy } from '../render/traffic.ts';

export interface ForwardingInput {
  readonly balancer: BalancerDocument;
  /** The node's. */
  readonly address: string;
  readonly targetGroups: ReadonlyMap<string, TargetGroupDocument>;
  /** The targets that get new connections. */
  readonly serving: (targetGroupArn: string) => readonly TargetDocument[];
  /** Whether an address belongs to an interface of this host: answers of others would pass the node by. */
  readonly isLocal: (address: string) => boolean;
  /** The host's own: a client with one of these would be answered without the node. */
  readonly hostAddresses: readonly string[];
}

/** The table within the node's namespace. */
export const tableName = 'roadstead_balancing';
/** Of connections that reach their target under the node's address. */
const translatedMark = 1;
/** Shares of targets are so fine. */
const parts = 10_000;

/**
 * What the kernel forwards for a network load balancer, as input of `nft -f`: it replaces the table as a whole, and
 * connections that stand stay where they are. Pure.
 */
export function forwardingRules(input: ForwardingInput): string {
  const { balancer, targetGroups } = input;
  const listeners = balancer.listeners.filter((listener) => !byHaproxy(listener, targetGroups));
  const rules = balancer.type === 'network' ? listeners.flatMap((listener) => listenerRules(listener, input)) : [];
  return [
    `table ip ${tableName}`,
    `delete table ip ${tableName}`,
    `table ip ${tableName} {`,
    '  chain listeners {',
    ...rules.map((rule) => `    ${rule}`),
    '  }',
    '  chain arrivals {',
    '    type nat hook prerouting priority dstnat; policy accept;',
    '    jump listeners',
    '  }',
    '  chain departures {',
    '    type nat hook postrouting priority srcnat; policy accept;',
    `    ct mark ${translatedMark} snat ip to ${input.address}`,
    '  }',
    '}',
    '',
  ].join('\n');
}

interface Share {
  readonly target: TargetDocument;
  readonly preserved: boolean;
  readonly weight: number;
}

function listenerRules(listener: ListenerDocument, input: ForwardingInput): readonly string[] {
  const action = listener.rules.at(-1)?.action;
  if (action?.type !== 'forward') return [];
  const shares = action.targetGroups.flatMap(({ targetGroupArn, weight }) => sharesOf(targetGroupArn, weight, input));
  const sticky = action.targetGroups.some(
    ({ targetGroupArn }) => input.targetGroups.get(targetGroupArn)?.attributes['stickiness.enabled'] === 'true',
  );
  if (shares.length === 0) return [];
  const protocols = listener.protocol === 'TCP_UDP' ? ['tcp', 'udp'] : [listener.protocol.toLowerCase()];
  return protocols.flatMap((protocol) => {
    const match = `ip daddr ${input.address} ${protocol} dport ${listener.port}`;
    const rules = forwards(shares, { match, protocol, sticky });
    if (shares.every(({ preserved }) => !preserved) || input.hostAddresses.length === 0) return rules;
    const fromHost = `${match} ip saddr { ${input.hostAddresses.join(', ')} }`;
    const translated = shares.map((share) => ({ ...share, preserved: false }));
    return [...forwards(translated, { match: fromHost, protocol, sticky }), ...rules];
  });
}

function sharesOf(targetGroupArn: string, weight: number, input: ForwardingInput): readonly Share[] {
  const group = input.targetGroups.get(targetGroupArn);
  const targets = input.serving(targetGroupArn).filter(({ address }) => dotted.test(address));
  if (group === undefined || weight <= 0 || targets.length === 0) return [];
  return targets.map((target) => ({
    target,
    weight: weight / targets.length,
    preserved: group.attributes['preserve_client_ip.enabled'] === 'true' && input.isLocal(target.address),
  }));
}

const dotted = /^\d{1,3}(\.\d{1,3}){3}$/;

/**
 * Whoever is chosen is reached under the client's address or under the node's, so the choice is between both kinds first
 * where there are both.
 */
function forwards(
  shares: readonly Share[],
  { match, protocol, sticky }: { readonly match: string; readonly protocol: string; readonly sticky: boolean },
): readonly string[] {
  const key = sticky ? 'jhash ip saddr' : `jhash ip saddr . ${protocol} sport`;
  const chooser = (modulus: number): string =>
    sticky || protocol === 'udp' ? `${key} mod ${modulus}` : `numgen inc mod ${modulus}`;
  const kept = shares.filter(({ preserved }) => preserved);
  const translated = shares.filter(({ preserved }) => !preserved);
  const mark = `ct mark set ${translatedMark} `;
  if (translated.length === 0) return [`${match} ${destination(kept, chooser)}`];
  if (kept.length === 0) return [`${match} ${mark}${destination(translated, chooser)}`];
  const share = Math.round((parts * sum(kept)) / sum(shares));
  const first = sticky || protocol === 'udp' ? `${key} mod ${parts} seed 0x5eed` : `numgen random mod ${parts}`;
  return [
    `${match} ${first} < ${share} ${destination(kept, chooser)}`,
    `${match} ${mark}${destination(translated, chooser)}`,
  ];
}

function sum(shares: readonly Share[]): number {
  return shares.reduce((total, { weight }) => total + weight, 0);
}

/** `dnat ip to … map { … }`: each in turn where all have the same weight, else ranges as wide as the weights. */
function destination(shares: readonly Share[], chooser: (modulus: number) => string): string {
  const even = shares.every(({ weight }) => weight === shares[0]?.weight);
  if (even) {
    const entries = shares.map(({ target }, index) => `${index} : ${target.address} . ${target.port}`);
    return `dnat ip to ${chooser(shares.length)} map { ${entries.join(', ')} }`;
  }
  const total = sum(shares);
  let reached = 0;
  const entries = shares.flatMap(({ target, weight }, index) => {
    const from = Math.round((parts * reached) / total);
    reached += weight;
    const to = index === shares.length - 1 ? parts - 1 : Math.round((parts * reached) / total) - 1;
    return to < from ? [] : [`${from}-${to} : ${target.address} . ${target.port}`];
  });
  // Ranges taken in turn would give everybody long runs: by chance, then.
  const chosen = chooser(parts).replace('numgen inc', 'numgen random');
  return `dnat ip to ${chosen} map { ${entries.join(', ')} }`;
}
