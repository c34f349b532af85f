import { endpointAddress } from '#model';
import { emptyTable, parseRules, type RuleTable, restoreText } from './rules.ts';

/** Where tasks call. A container may have the host's port 80 for itself, so the agents listen on another. */
const calledPort = 80;

const comment = '-m comment --comment endpoints-of-roadstead';
const destination = `-d ${endpointAddress}/32 -p tcp -m tcp`;

/** The chains by which a packet comes to the address: from a container's or a task's device, and from this host. */
const natChains = ['PREROUTING', 'OUTPUT'] as const;

/**
 * The rules missing so that calls of the endpoint address reach the agents' port; `undefined` when none is. They stand
 * before Docker's, which would give what is sent to port 80 of a local address to whoever published that port.
 */
export function missingEndpointRules(saved: string, port: number): string | undefined {
  const tables = parseRules(saved);
  const nat = natChains.flatMap((chain) => placed(tables.get('nat') ?? emptyTable(), chain, natRule(port)));
  const filter = placed(tables.get('filter') ?? emptyTable(), 'INPUT', filterRule(port), false);
  return filter.length + nat.length === 0 ? undefined : restoreText(filter, nat);
}

/** A rule of somebody else for the address, such as those of ECS's own agent; `undefined` when there is none. */
export function foreignEndpointRule(saved: string): string | undefined {
  const rules = parseRules(saved).get('nat')?.rules ?? [];
  return rules.find((rule) => rule.includes(`-d ${endpointAddress}/32`) && !rule.includes(comment));
}

/** What removes the rules, of whatever port; `undefined` when there is none. */
export function removalOfEndpointRules(saved: string): string | undefined {
  const tables = parseRules(saved);
  const ours = (table: RuleTable | undefined): string[] =>
    (table?.rules ?? []).filter((rule) => rule.includes(comment)).map((rule) => rule.replace(/^-A/, '-D'));
  const filter = ours(tables.get('filter'));
  const nat = ours(tables.get('nat'));
  return filter.length + nat.length === 0 ? undefined : restoreText(filter, nat);
}

function natRule(port: number): string {
  return `${destination} --dport ${calledPort} ${comment} -j DNAT --to-destination ${endpointAddress}:${port}`;
}

/** For hosts whose firewall drops what it does not know. */
function filterRule(port: number): string {
  return `${destination} --dport ${port} ${comment} -j ACCEPT`;
}

/** The lines that put a rule at the head of its chain, and take away what stands there of ours in another form. */
function placed(table: RuleTable, chain: string, rule: string, beforeDocker = true): string[] {
  const rules = table.rules.filter((each) => each.startsWith(`-A ${chain} `));
  const ours = rules.filter((each) => each.includes(comment));
  const at = rules.indexOf(`-A ${chain} ${rule}`);
  const docker = rules.findIndex((each) => each.endsWith('-j DOCKER'));
  const wellPlaced = at >= 0 && (!beforeDocker || docker < 0 || at < docker);
  if (wellPlaced && ours.length === 1) return [];
  return [...ours.map((each) => each.replace(/^-A/, '-D')), `-I ${chain} ${rule}`];
}
