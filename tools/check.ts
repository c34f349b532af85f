import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { compatText } from './compat.ts';
import { checkLayers } from './gate/layers.ts';
import { checkPackages } from './gate/packages.ts';
import type { GateResult } from './gate/sources.ts';
import { checkTidy } from './gate/tidy.ts';
import { checkoutSources, readRules, ruleProblems } from './rules.ts';
import { definitionTarget, definitionText, memberProblems, readMembers, readShapes } from './task-definition.ts';

/**
 * `npm run check`: every gate, each failing when it sees less than there must be. A tool that quietly looks at nothing
 * is no gate.
 */
interface Gate {
  readonly name: string;
  run(): GateResult;
}

function tool(command: string, args: readonly string[]): { ok: boolean; text: string } {
  const result = spawnSync(`node_modules/.bin/${command}`, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { ok: result.status === 0, text: `${result.stdout}${result.stderr}` };
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function faces(): Record<string, string> {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { imports: Record<string, string> };
  return Object.fromEntries(Object.entries(manifest.imports).map(([name, path]) => [name, path.replace(/^\.\//, '')]));
}

function types(): GateResult {
  const checked = tool('tsc', ['-p', '.', '--pretty', 'false', '--listFiles']);
  const seen = lines(checked.text).filter(
    (line) => /\/(src|test|tools|bench)\/.*\.ts$/.test(line) && !line.includes('node_modules'),
  ).length;
  return { seen, atLeast: 150, problems: lines(checked.text).filter((line) => /error TS\d+/.test(line)) };
}

function lint(): GateResult {
  const checked = tool('oxlint', ['--type-aware', '--deny-warnings']);
  const seen = Number(/on (\d+) files/.exec(checked.text)?.[1] ?? 0);
  return { seen, atLeast: 150, problems: checked.ok ? [] : lines(checked.text).slice(0, 200) };
}

function format(): GateResult {
  const checked = tool('biome', ['check', '--max-diagnostics=50', '.']);
  const seen = Number(/Checked (\d+) files/.exec(checked.text)?.[1] ?? 0);
  return { seen, atLeast: 150, problems: checked.ok ? [] : lines(checked.text).slice(0, 200) };
}

/** knip must find the unused file planted for it, and nothing else. */
function deadCode(): GateResult {
  const canary = 'src/base/unused-canary.ts';
  writeFileSync(canary, 'export const unusedCanary = 1;\n');
  try {
    const checked = tool('knip', ['--no-progress', '--reporter', 'compact']);
    const found = lines(checked.text).filter((line) => !line.startsWith('npm warn'));
    const problems = found.filter((line) => !line.includes(canary) && !line.startsWith('Unused files (1)'));
    return { seen: found.some((line) => line.includes(canary)) ? 1 : 0, atLeast: 1, problems };
  } finally {
    rmSync(canary);
  }
}

/** Generated documents say what the code says today. */
function documents(): GateResult {
  const texts = { 'docs/compat/ecs.md': compatText(), [definitionTarget]: definitionText(readMembers(), readShapes()) };
  const stale = Object.entries(texts).filter(([target, text]) => readFileSync(target, 'utf8') !== text);
  const rows = Object.values(texts).map(
    (text) => lines(text).filter((line) => /^\| [`A-Z][\w.]+`? \|/.test(line)).length,
  );
  return {
    seen: rows.reduce((sum, count) => sum + count, 0),
    atLeast: 140,
    problems: stale.map(([target]) => `${target} is stale; run \`node tools/compat.ts\``),
  };
}

/** Every member of a task definition names the test that proves it, or says why there is none. */
function members(): GateResult {
  const table = readMembers();
  const { read } = checkoutSources(new Set());
  return {
    seen: Object.values(table).flatMap((entries) => Object.keys(entries)).length,
    atLeast: 70,
    problems: memberProblems(table, readShapes(), read),
  };
}

/** Every documented rule names the test that proves it, or says why there is none. */
function rules(): GateResult {
  const shapes = JSON.parse(readFileSync('src/wire/shapes/ecs.json', 'utf8')) as { operations: object };
  const table = readRules();
  return {
    seen: table.areas.flatMap((area) => area.rules).length,
    atLeast: 250,
    problems: ruleProblems(table, checkoutSources(new Set(Object.keys(shapes.operations)))),
  };
}

const gates: readonly Gate[] = [
  { name: 'types', run: types },
  { name: 'lint', run: lint },
  { name: 'format', run: format },
  { name: 'layers', run: () => checkLayers(faces()) },
  { name: 'dead code', run: deadCode },
  { name: 'sizes, names and folder docs', run: checkTidy },
  { name: 'validation rules', run: rules },
  { name: 'members of a task definition', run: members },
  { name: 'generated documents', run: documents },
  { name: 'packages', run: checkPackages },
];

let failed = 0;
for (const gate of gates) {
  const started = performance.now();
  const result = gate.run();
  const blind = result.seen < result.atLeast;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const ok = !blind && result.problems.length === 0;
  console.log(`${ok ? '✓' : '✗'} ${gate.name.padEnd(30)} ${String(result.seen).padStart(6)} seen  ${seconds} s`);
  for (const warning of result.warnings ?? []) console.log(`    note: ${warning}`);
  for (const problem of result.problems) console.log(`    ${problem}`);
  if (blind) console.log(`    it saw ${result.seen} where at least ${result.atLeast} must be: the gate is blind`);
  if (!ok) failed += 1;
}
if (failed > 0) {
  console.log(`${failed} of ${gates.length} gates failed`);
  process.exitCode = 1;
}
