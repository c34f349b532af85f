import { readdirSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { messageOf } from '#base';
import type { Benchmark, Note, Options, Row } from './benchmark.ts';

/**
 * `npm run bench [-- NAME… [--OPTION VALUE…]]`: every benchmark of this folder, or those whose names begin so, one after
 * the other. Each compares with a peer or the machine's own limit in the same run: machines differ and are busy, ratios
 * last longer than figures. An option goes to the benchmarks that understand it; one that none understands is an error.
 */
const given = process.argv.slice(2);
const firstOption = given.findIndex((argument) => argument.startsWith('-'));
const wanted = firstOption < 0 ? given : given.slice(0, firstOption);
const benchmarks = await named(wanted);
const options = parsed(given.slice(wanted.length), benchmarks);

console.log(
  `node ${process.version}, linux ${release()}, ${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
let failed = 0;
for (const benchmark of benchmarks) {
  console.log(`\n${benchmark.name}`);
  try {
    for (const row of await benchmark.run(ownOptions(benchmark))) console.log(`  ${line(row)}`);
  } catch (error) {
    failed += 1;
    console.log(`  failed: ${messageOf(error)}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;

/** The benchmarks whose names begin with one of these; all without any. */
async function named(names: readonly string[]): Promise<readonly Benchmark[]> {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.bench.ts'))
    .sort();
  const unknown = names.find((name) => !files.some((file) => file.startsWith(name)));
  if (unknown !== undefined) {
    refuse(
      `there is no benchmark ${unknown}`,
      `there are ${files.map((file) => file.replace('.bench.ts', '')).join(', ')}`,
    );
  }
  const chosen = files.filter((file) => names.length === 0 || names.some((name) => file.startsWith(name)));
  return Promise.all(chosen.map(async (file) => ((await import(`./${file}`)) as { benchmark: Benchmark }).benchmark));
}

function parsed(args: readonly string[], chosen: readonly Benchmark[]): Options {
  const known = Object.assign({}, ...chosen.map((each) => each.options ?? {})) as Readonly<Record<string, string>>;
  const config = Object.fromEntries(Object.keys(known).map((name) => [name, { type: 'string' } as const]));
  try {
    return parseArgs({ args: [...args], options: config, allowPositionals: false }).values;
  } catch (error) {
    const lines = Object.entries(known).map(([name, value]) => `--${name}: ${value}`);
    return refuse(messageOf(error), lines.length === 0 ? 'no option is understood here' : lines.join('\n'));
  }
}

function ownOptions({ options: understood = {} }: Benchmark): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(understood, name)));
}

/** A mistake on the command line: status 2, as of the `roadstead` command. */
function refuse(what: string, next: string): never {
  console.error(`error: ${what}\n${next.replaceAll(/^/gm, '  ')}`);
  process.exit(2);
}

function line(result: Row | Note): string {
  if ('note' in result) return result.note;
  const { what, value, unit, peer, ratio } = result;
  const figure = `${what.padEnd(58)} ${figures(value).padStart(10)} ${unit}`;
  const against = peer === undefined ? '' : `   beside ${figures(peer)}`;
  return `${figure}${against}${ratio === undefined ? '' : `: ${figures(ratio)}x`}`;
}

function figures(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
