import { existsSync, readFileSync } from 'node:fs';
import { caseTables } from '../src/api/ecs/task-definition/cases/index.ts';

/** docs/compat/rules.json: every documented validation rule, and the test that proves it or why there is none. */
export interface RuleTable {
  readonly areas: readonly RuleArea[];
}

export interface RuleArea {
  readonly title: string;
  /** Where an entry names none. */
  readonly operations: readonly string[];
  readonly error: string;
  readonly rules: readonly RuleEntry[];
}

export interface RuleEntry {
  /** In our own words. */
  readonly rule: string;
  /** The exception, where it is not the area's; empty when the rule refuses nothing. */
  readonly error?: string;
  /** The message, where it is fixed; `<x>` stands for what varies. */
  readonly sentence?: string;
  readonly operations?: readonly string[];
  readonly test?: { readonly file: string; readonly name: string };
  /** Why no test proves it. */
  readonly gap?: string;
}

const path = 'docs/compat/rules.json';

export function readRules(): RuleTable {
  return JSON.parse(readFileSync(path, 'utf8')) as RuleTable;
}

/** What a check needs of the checkout; tests bring their own. */
export interface RuleSources {
  /** The text of a file; `undefined` when there is none. */
  readonly read: (file: string) => string | undefined;
  readonly operations: ReadonlySet<string>;
}

export function checkoutSources(operations: ReadonlySet<string>): RuleSources {
  const texts = new Map<string, string>();
  const read = (file: string): string | undefined => {
    if (!texts.has(file) && existsSync(file)) texts.set(file, readFileSync(file, 'utf8'));
    return texts.get(file);
  };
  return { read, operations };
}

/** Everything wrong with the table: rules without proof, tests that are not there, cases that no rule names. */
export function ruleProblems(table: RuleTable, sources: RuleSources): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const area of table.areas) {
    for (const entry of area.rules) {
      const where = `${area.title}: ${entry.rule}`;
      if (seen.has(where)) problems.push(`${where}: is there twice`);
      seen.add(where);
      for (const each of entry.operations ?? area.operations) {
        if (!sources.operations.has(each)) problems.push(`${where}: there is no operation ${each}`);
      }
      problems.push(...proofProblems(entry, sources).map((problem) => `${where}: ${problem}`));
    }
  }
  return [...problems, ...unnamedCases(table)];
}

function proofProblems(entry: RuleEntry, sources: RuleSources): string[] {
  const { test, gap, sentence } = entry;
  if (test === undefined) return (gap ?? '') === '' ? ['has neither a test nor a reason'] : [];
  if (gap !== undefined) return ['has a test and a reason for having none'];
  const text = sources.read(test.file);
  if (text === undefined) return [`there is no file ${test.file}`];
  const cases = casesOf(test.file);
  if (cases !== undefined) {
    const found = cases.find(({ rule }) => rule === test.name);
    if (found === undefined) return [`${test.file} has no case '${test.name}'`];
    return sentence === found.text ? [] : [`its sentence is not that of the case: ${found.text}`];
  }
  const plain = unescaped(text);
  if (!["'", '"', '`'].some((quote) => plain.includes(`${quote}${test.name}${quote}`))) {
    return [`${test.file} has no test '${test.name}'`];
  }
  const missing = fixedParts(sentence ?? '').filter((part) => !plain.includes(part));
  return missing.map((part) => `${test.file} does not ask for '${part}'`);
}

function casesOf(file: string): (typeof caseTables)[string] | undefined {
  return caseTables[/\/cases\/([a-z-]+)\.cases\.ts$/.exec(file)?.[1] ?? ''];
}

/** Source text as the strings in it read. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(['"`\\])/g, '$1');
}

/** Of a sentence, what every message of the kind has; short pieces prove nothing. */
function fixedParts(sentence: string): string[] {
  return sentence.split(/<[^>]*>/).filter((part) => part.trim().length >= 8);
}

function unnamedCases({ areas }: RuleTable): string[] {
  const named = new Set(areas.flatMap(({ rules }) => rules.map(({ test }) => test?.name)));
  return Object.entries(caseTables).flatMap(([table, cases]) =>
    cases.filter(({ rule }) => !named.has(rule)).map(({ rule }) => `${table}.cases.ts: no rule names '${rule}'`),
  );
}

/** The list as docs/compat/ecs.md has it. */
export function ruleLines({ areas }: RuleTable): string[] {
  const entries = areas.flatMap(({ rules }) => rules);
  const gaps = entries.filter(({ gap }) => gap !== undefined).length;
  return [
    `${entries.length} rules: ${entries.length - gaps} proven by a test, ${gaps} known gaps. \`<x>\` stands for what varies.`,
    ...areas.flatMap((area) => [
      '',
      `### ${area.title}`,
      '',
      `${area.operations.join(', ')}; ${area.error} unless said.`,
      '',
      '| rule | message | proof |',
      '| --- | --- | --- |',
      ...area.rules.map((entry) => `| ${[ruleCell(entry), messageCell(entry), proofCell(entry)].join(' | ')} |`),
    ]),
  ];
}

function ruleCell({ rule, operations }: RuleEntry): string {
  return cell(operations === undefined ? rule : `${rule} (${operations.join(', ')})`);
}

function messageCell({ error, sentence }: RuleEntry): string {
  const code = sentence === undefined ? '' : `\`${sentence.replaceAll('`', "'")}\``;
  return cell([error ?? '', code].filter((part) => part !== '').join(' '));
}

function proofCell({ test, gap }: RuleEntry): string {
  if (test === undefined) return cell(`gap: ${gap ?? ''}`);
  return `[${test.file.replace(/^.*\//, '')}](../../${test.file})`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
