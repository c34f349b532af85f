import type { NetworkAclEntry } from '#wire/link';
import type { FirewallInput, LocalInterface } from './input.ts';
import { addressWords, portWords, words } from './match.ts';
import { pieceName } from './names.ts';
import type { Pieces } from './pieces.ts';
import type { Chain } from './ruleset.ts';

/**
 * Network ACLs: per subnet and direction a chain that lets what stays within the subnet and the platform's own services
 * pass, and asks the ACL about the rest. `return` means allowed: other chains have their say as well. A subnet without a
 * known ACL lets nothing through.
 */
export function aclChains({ subnets, acls }: FirewallInput, local: readonly LocalInterface[]): Pieces {
  const chains: [string, Chain][] = [];
  const used = new Set<string>();
  for (const subnetId of new Set(local.map(({ body }) => body.subnetId))) {
    const subnet = subnets.get(subnetId);
    const known = subnet !== undefined && acls.has(subnet.aclId);
    for (const [name, direction] of [
      ['so', 'daddr'],
      ['si', 'saddr'],
    ] as const) {
      const exempt = ['169.254.0.0/16', '@resolvers', ...(subnet === undefined ? [] : [subnet.cidr])];
      const ask = known ? `jump ${pieceName(name === 'so' ? 'ae' : 'ai', subnet.aclId)}` : 'drop';
      chains.push([
        pieceName(name, subnetId),
        { rules: [...exempt.map((address) => `ip ${direction} ${address} return`), ask] },
      ]);
    }
    if (known) used.add(subnet.aclId);
  }
  for (const id of used) {
    const acl = acls.get(id);
    chains.push([pieceName('ae', id), { rules: entries(acl?.egress ?? [], 'daddr') }]);
    chains.push([pieceName('ai', id), { rules: entries(acl?.ingress ?? [], 'saddr') }]);
  }
  return { chains, sets: [] };
}

function entries(list: readonly NetworkAclEntry[], direction: 'saddr' | 'daddr'): string[] {
  const verdicts = { allow: 'return', deny: 'drop' } as const;
  return [
    ...list.map((entry) => words(addressWords(direction, entry.cidr), portWords(entry), verdicts[entry.action])),
    'drop',
  ];
}
