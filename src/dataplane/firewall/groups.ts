import type { GroupRule } from '#wire/link';
import type { FirewallInput, LocalInterface } from './input.ts';
import { addressWords, portWords, words } from './match.ts';
import { pieceName } from './names.ts';
import type { Pieces } from './pieces.ts';
import type { Chain, NamedSet } from './ruleset.ts';

/**
 * Security groups: a chain per group and direction whose rules accept, a chain per list of groups that asks each, and a
 * set of addresses per group that a rule refers to, with members on whatever host. Groups that nothing here has are left
 * out; one that is unknown lets nothing through.
 */
export function groupChains(input: FirewallInput, local: readonly LocalInterface[]): Pieces {
  const lists = new Map(local.map((each) => [each.egress, each]));
  const used = new Set<string>();
  const chains: [string, Chain][] = [];
  const referenced = new Set<string>();
  for (const { egress, ingress, body } of lists.values()) {
    chains.push([egress, { rules: body.groupIds.map((id) => `jump ${pieceName('ge', id)}`) }]);
    chains.push([ingress, { rules: body.groupIds.map((id) => `jump ${pieceName('gi', id)}`) }]);
    for (const id of body.groupIds) used.add(id);
  }
  for (const id of used) {
    const group = input.groups.get(id);
    for (const rule of [...(group?.ingress ?? []), ...(group?.egress ?? [])]) {
      if (rule.groupId !== undefined) referenced.add(rule.groupId);
    }
    chains.push([pieceName('ge', id), { rules: rulesOf(group?.egress ?? [], 'daddr') }]);
    chains.push([pieceName('gi', id), { rules: rulesOf(group?.ingress ?? [], 'saddr') }]);
  }
  for (const id of input.hostPorts?.groupIds ?? []) {
    for (const { groupId } of input.groups.get(id)?.ingress ?? []) if (groupId !== undefined) referenced.add(groupId);
  }
  return { chains, sets: memberSets(input, referenced) };
}

/** Rules that accept what a group lets through; `original` as {@link portWords} has it. */
export function rulesOf(rules: readonly GroupRule[], direction: 'saddr' | 'daddr', original = false): string[] {
  return rules.flatMap((rule) => {
    const from = addressesOf(rule, direction);
    return from === undefined ? [] : [words(from, portWords(rule, original), 'accept')];
  });
}

function addressesOf({ cidr, groupId }: GroupRule, direction: 'saddr' | 'daddr'): string | undefined {
  if (groupId !== undefined) return `ip ${direction} @${pieceName('g', groupId)}`;
  return cidr === undefined ? undefined : addressWords(direction, cidr);
}

function memberSets({ interfaces }: FirewallInput, referenced: ReadonlySet<string>): [string, NamedSet][] {
  const members = new Map([...referenced].map((id) => [id, new Map<string, string>()]));
  for (const { groupIds, addresses } of interfaces.values()) {
    for (const groupId of groupIds) {
      const set = members.get(groupId);
      if (set !== undefined) for (const address of addresses) set.set(address, '');
    }
  }
  return [...members].map(([id, elements]) => [pieceName('g', id), { kind: 'set', type: 'type ipv4_addr', elements }]);
}
