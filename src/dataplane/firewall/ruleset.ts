/**
 * What a table of nftables holds, as data: pieces with names, so that two states can be compared. A script for `nft -f`
 * is one transaction: the kernel has all of it or nothing.
 */
export interface Ruleset {
  readonly sets: ReadonlyMap<string, NamedSet>;
  readonly chains: ReadonlyMap<string, Chain>;
}

export interface NamedSet {
  /** `type ipv4_addr`, `type ifname : verdict`, … */
  readonly type: string;
  readonly kind: 'set' | 'map';
  readonly flags?: 'interval';
  /** Keys; of a map with what they lead to. */
  readonly elements: ReadonlyMap<string, string>;
}

export interface Chain {
  /** `type filter hook forward priority -20; policy accept;`; absent: reached by jumps alone. */
  readonly base?: string;
  readonly rules: readonly string[];
}

/** Elements of a line: the parser is slow with very long ones. */
const elementsPerLine = 500;

/** What makes the whole table anew, whatever was there of that name. */
export function wholeScript(table: string, ruleset: Ruleset): string {
  const lines = [`add table inet ${table}`, `delete table inet ${table}`, `add table inet ${table}`];
  const empty: Ruleset = { sets: new Map(), chains: new Map() };
  return [...lines, ...changes(table, empty, ruleset), ''].join('\n');
}

/** What turns one state of the table into another; `undefined` when they are the same. */
export function changeScript(table: string, before: Ruleset, after: Ruleset): string | undefined {
  const lines = changes(table, before, after);
  return lines.length === 0 ? undefined : `${lines.join('\n')}\n`;
}

/** What removes the table, whether or not it is there. */
export function removalScript(table: string): string {
  return `add table inet ${table}\ndelete table inet ${table}\n`;
}

/**
 * New pieces before what refers to them, and what refers to old ones away before these go. A base chain never changes
 * its hook: another one has another name.
 */
function changes(table: string, before: Ruleset, after: Ruleset): string[] {
  const lines: string[] = [];
  for (const [name, set] of after.sets) {
    if (!before.sets.has(name)) lines.push(`add ${set.kind} inet ${table} ${name} ${headOf(set)}`);
  }
  for (const [name, { base }] of after.chains) {
    if (!before.chains.has(name)) {
      lines.push(`add chain inet ${table} ${name}${base === undefined ? '' : ` { ${base} }`}`);
    }
  }
  // Sets and chains refer to each other: elements go first and come last.
  const gone: string[] = [];
  const come: string[] = [];
  for (const [name, set] of after.sets) elementChanges(`inet ${table} ${name}`, before.sets.get(name), set, gone, come);
  lines.push(...gone);
  for (const [name, { rules }] of after.chains) {
    const known = before.chains.get(name);
    if (known !== undefined && sameRules(known.rules, rules)) continue;
    if (known !== undefined) lines.push(`flush chain inet ${table} ${name}`);
    for (const rule of rules) lines.push(`add rule inet ${table} ${name} ${rule}`);
  }
  lines.push(...come);
  const goneChains = [...before.chains.keys()].filter((name) => !after.chains.has(name));
  for (const name of goneChains) lines.push(`flush chain inet ${table} ${name}`);
  for (const name of goneChains) lines.push(`delete chain inet ${table} ${name}`);
  for (const [name, { kind }] of before.sets) {
    if (!after.sets.has(name)) lines.push(`delete ${kind} inet ${table} ${name}`);
  }
  return lines;
}

function headOf({ type, flags }: NamedSet): string {
  return `{ ${type}; ${flags === undefined ? '' : `flags ${flags}; `}}`;
}

function elementChanges(where: string, before: NamedSet | undefined, after: NamedSet, gone: string[], come: string[]) {
  const old = before?.elements ?? new Map<string, string>();
  const differs = (key: string, value: string, other: ReadonlyMap<string, string>): boolean => other.get(key) !== value;
  const removed = [...old].filter(([key, value]) => differs(key, value, after.elements)).map(([key]) => key);
  const added = [...after.elements].filter(([key, value]) => differs(key, value, old));
  push(gone, `delete element ${where}`, removed);
  push(
    come,
    `add element ${where}`,
    added.map(([key, value]) => (value === '' ? key : `${key} : ${value}`)),
  );
}

function push(lines: string[], command: string, elements: readonly string[]): void {
  for (let from = 0; from < elements.length; from += elementsPerLine) {
    lines.push(`${command} { ${elements.slice(from, from + elementsPerLine).join(', ')} }`);
  }
}

function sameRules(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((rule, index) => rule === b[index]);
}
