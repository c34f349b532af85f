/**
 * The packet filter rules of the fabric, beside Docker's: what tasks send and receive is let through Docker's FORWARD
 * policy, and leaves the host under the host's own address. Pure: from what `iptables-save` shows to what
 * `iptables-restore --noflush` shall be given.
 */
const comment = '-m comment --comment roadstead';
const masqueradeChain = 'ROADSTEAD-POSTROUTING';

/** Every device of the fabric on the host's side is called so. */
export const devicePrefix = 'rs';

/** The rules missing for tasks with addresses in these subnets; `undefined` when none is. */
export function missingRules(saved: string, subnets: readonly string[]): string | undefined {
  const tables = parseRules(saved);
  const filter = missingFilter(tables.get('filter') ?? emptyTable());
  const nat = missingNat(tables.get('nat') ?? emptyTable(), subnets);
  return filter.length + nat.length === 0 ? undefined : restoreText(filter, nat);
}

/** What removes every rule of the fabric; `undefined` when there is none. */
export function removalOfRules(saved: string): string | undefined {
  const tables = parseRules(saved);
  const ours = (table: RuleTable | undefined): string[] =>
    (table?.rules ?? [])
      .filter((rule) => rule.includes('--comment roadstead') && !rule.startsWith(`-A ${masqueradeChain} `))
      .map((rule) => rule.replace(/^-A/, '-D'));
  const filter = ours(tables.get('filter'));
  const nat = ours(tables.get('nat'));
  if (tables.get('nat')?.chains.has(masqueradeChain) === true)
    nat.push(`-F ${masqueradeChain}`, `-X ${masqueradeChain}`);
  return filter.length + nat.length === 0 ? undefined : restoreText(filter, nat);
}

function missingFilter(table: RuleTable): string[] {
  // Docker empties DOCKER-USER never, but makes its chains anew at start, and puts them before others in FORWARD.
  const chain = table.chains.has('DOCKER-USER') ? 'DOCKER-USER' : 'FORWARD';
  return ['-i', '-o']
    .map((direction) => `${chain} ${direction} ${devicePrefix}+ ${comment} -j ACCEPT`)
    .filter((rule) => !table.rules.includes(`-A ${rule}`))
    .map((rule) => `-I ${rule}`);
}

function missingNat(table: RuleTable, subnets: readonly string[]): string[] {
  const lines: string[] = [];
  if (!table.chains.has(masqueradeChain)) lines.push(`-N ${masqueradeChain}`);
  const jump = `-A POSTROUTING ${comment} -j ${masqueradeChain}`;
  if (!table.rules.includes(jump)) lines.push(jump);
  for (const subnet of subnets) {
    const rule = `-A ${masqueradeChain} -s ${subnet} ! -o ${devicePrefix}+ ${comment} -j MASQUERADE`;
    if (!table.rules.includes(rule)) lines.push(rule);
  }
  return lines;
}

export interface RuleTable {
  readonly chains: Set<string>;
  readonly rules: string[];
}

export function emptyTable(): RuleTable {
  return { chains: new Set(), rules: [] };
}

/** What `iptables-save` shows, by table. */
export function parseRules(saved: string): Map<string, RuleTable> {
  const tables = new Map<string, RuleTable>();
  let table = emptyTable();
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) {
      table = emptyTable();
      tables.set(line.slice(1).trim(), table);
    } else if (line.startsWith(':')) {
      table.chains.add(line.slice(1).split(' ', 1)[0] ?? '');
    } else if (line.startsWith('-A ')) {
      table.rules.push(line.trim());
    }
  }
  return tables;
}

/** As `iptables-restore` takes it. */
export function restoreText(filter: readonly string[], nat: readonly string[]): string {
  const table = (name: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `*${name}\n${lines.join('\n')}\nCOMMIT\n`;
  return table('filter', filter) + table('nat', nat);
}
