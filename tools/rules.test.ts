import { expect, test } from 'vitest';
import { type RuleEntry, type RuleTable, readRules, ruleLines, ruleProblems } from './rules.ts';

const files: Readonly<Record<string, string>> = {
  'a.test.ts': "it('refuses it', () => expect(run()).toThrow('It\\'s not valid: x'));",
};
const sources = { read: (file: string) => files[file], operations: new Set(['CreateCluster']) };
const full = readRules();

/** The real table with one more entry, as each case of the decision tables must be named. */
function withEntry(entry: RuleEntry): RuleTable {
  return { areas: [...full.areas, { title: 'Tried', operations: ['CreateCluster'], error: 'E', rules: [entry] }] };
}

/** What is wrong with the entry; the real ones are looked at elsewhere. */
function wrong(entry: RuleEntry): string[] {
  return ruleProblems(withEntry(entry), sources).filter((problem) => problem.startsWith('Tried: '));
}

const proof = { file: 'a.test.ts', name: 'refuses it' };

test.each<[string, RuleEntry]>([
  ['a test', { rule: 'r', test: proof }],
  ['a test that asks for the sentence', { rule: 'r', sentence: "It's not valid: <what>", test: proof }],
  ['a reason', { rule: 'r', gap: 'not there yet' }],
])('%s is enough', (_, entry) => {
  expect(wrong(entry)).toEqual([]);
});

test.each<[string, RuleEntry, string]>([
  ['neither test nor reason', { rule: 'r' }, 'has neither a test nor a reason'],
  ['an empty reason', { rule: 'r', gap: '' }, 'has neither a test nor a reason'],
  ['both', { rule: 'r', gap: 'g', test: proof }, 'has a test and a reason for having none'],
  ['a file that is not there', { rule: 'r', test: { file: 'b.test.ts', name: 'n' } }, 'there is no file b.test.ts'],
  ['a test that is not there', { rule: 'r', test: { ...proof, name: 'refuses' } }, "has no test 'refuses'"],
  ['a sentence nobody asks for', { rule: 'r', sentence: 'It was refused: <x>', test: proof }, 'does not ask for'],
  ['an unknown operation', { rule: 'r', operations: ['Create'], test: proof }, 'there is no operation Create'],
  [
    'a case that is not there',
    { rule: 'r', test: { file: 'src/cases/containers.cases.ts', name: 'nope' } },
    'there is no file',
  ],
])('%s is found', (_, entry, problem) => {
  expect(wrong(entry)).toEqual([expect.stringContaining(problem)]);
});

test('a case is named with its own sentence', () => {
  const file = 'src/api/ecs/task-definition/cases/containers.cases.ts';
  const read = () => '';
  const entry = { rule: 'r', test: { file, name: 'family is given' } };
  const problems = ruleProblems(withEntry({ ...entry, sentence: 'Something else.' }), { ...sources, read });
  expect(problems).toContain('Tried: r: its sentence is not that of the case: Family should not be null or empty.');
});

test('a case without a rule is found', () => {
  const areas = full.areas.map((area) => ({
    ...area,
    rules: area.rules.filter((entry) => entry.test?.name !== 'family is given'),
  }));
  expect(ruleProblems({ areas }, sources)).toContain("containers.cases.ts: no rule names 'family is given'");
});

test('the list is one row per rule', () => {
  const entries = full.areas.flatMap(({ rules }) => rules);
  expect(ruleLines(full).filter((line) => /^\| (?!rule|---)/.test(line))).toHaveLength(entries.length);
  expect(entries.length).toBeGreaterThan(250);
});
