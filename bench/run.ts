import { readdirSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import type { Benchmark, Note, Row } from './benchmark.ts';

/**
 * `npm run bench [-- NAME…]`: every benchmark of this folder, or those named, one after the other. Each compares with a
 * peer or the machine's own limit in the same run: machines differ and are busy, ratios last longer than figures.
 */
const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .sort();

console.log(
  `node ${process.version}, linux ${release()}, ${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
let failed = 0;
for (const file of files) {
  const { benchmark } = (await import(`./${file}`)) as { benchmark: Benchmark };
  if (wanted.length > 0 && !wanted.some((name) => file.startsWith(name))) continue;
  console.log(`\n${benchmark.name}`);
  try {
    for (const row of await benchmark.run()) console.log(`  ${line(row)}`);
  } catch (error) {
    failed += 1;
    console.log(`  failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;

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
