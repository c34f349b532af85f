import { rulesOf } from './groups.ts';
import type { FirewallInput } from './input.ts';
import type { Pieces } from './pieces.ts';

/**
 * The ports that bridge and host tasks have on the host, guarded by the host's groups, as the groups of an instance do in
 * AWS. Other ports of the machine are its own matter. A bridge's packets are judged by the port they were sent to, before
 * the engine turned them to a container. What comes from the machine itself passes.
 */
export function hostPortPieces({ hostPorts, groups, published }: FirewallInput): Pieces {
  if (hostPorts === undefined) return { chains: [], sets: [] };
  const rules = hostPorts.groupIds.flatMap((id) => rulesOf(groups.get(id)?.ingress ?? [], 'saddr', true));
  const guarded = protocols.map(
    ([name, number]) => `ct state new meta l4proto ${number} ct original proto-dst @published_${name} jump ports`,
  );
  // A packet that the engine turned to a container; one between containers is none of the host's.
  const turned = guarded.map((rule) => `ct status dnat ${rule}`);
  const base = (hook: string): string => `type filter hook ${hook} priority -10; policy accept;`;
  return {
    chains: [
      ['ports', { rules: [...rules, 'drop'] }],
      ['ports_input', { base: base('input'), rules: ['iifname "lo" accept', ...guarded] }],
      ['ports_forward', { base: base('forward'), rules: ['oifname "rs*" accept', ...turned] }],
    ],
    sets: protocols.map(([name]) => {
      const ports = published.filter(({ protocol }) => protocol === name);
      const elements = new Map(ports.map(({ port }) => [String(port), '']));
      return [`published_${name}`, { kind: 'set', type: 'type inet_service', elements }];
    }),
  };
}

const protocols = [
  ['tcp', 6],
  ['udp', 17],
] as const;
