import { readFileSync } from 'node:fs';
import { newInstallation } from '../test/support/installation.ts';
import { type Benchmark, median, type Row, timed } from './benchmark.ts';

const rounds = 5;
/** How long both processes idle before their memory is read, ms. */
const idleMs = 15_000;

/** Memory of the idle processes, and how long `up` (warm) and `status` take from the shell. */
export const benchmark: Benchmark = { name: 'footprint: idle memory, start-up, status', run };

async function run(): Promise<Row[]> {
  await using installation = await newInstallation();
  await installation.up();
  const ups: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await installation.roadstead('down');
    ups.push((await timed(() => installation.up())).ms);
  }
  const statuses: number[] = [];
  for (let round = 0; round < rounds * 2; round++)
    statuses.push((await timed(() => installation.roadstead('status'))).ms);
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const server = memoryMiB(installation.pid('server'));
  const agent = memoryMiB(installation.pid('agent'));
  return [
    { what: 'control plane, resident', value: server.resident, unit: 'MiB' },
    { what: 'agent, resident', value: agent.resident, unit: 'MiB' },
    { what: 'together, resident', value: server.resident + agent.resident, unit: 'MiB' },
    {
      what: 'together, proportional (shared pages counted once)',
      value: server.proportional + agent.proportional,
      unit: 'MiB',
    },
    { what: `up, warm, median of ${rounds}`, value: median(ups), unit: 'ms' },
    { what: `status, median of ${rounds * 2}`, value: median(statuses), unit: 'ms' },
  ];
}

function memoryMiB(pid: number): { readonly resident: number; readonly proportional: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const read = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) / 1024;
  return { resident: read('Rss'), proportional: read('Pss') };
}
