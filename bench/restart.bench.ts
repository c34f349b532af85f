import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { against, type Benchmark, median, type Row } from './benchmark.ts';

const tasks = 100_000;
const rounds = 3;
const child = fileURLToPath(new URL('./restart-child.ts', import.meta.url));

interface Figures {
  readonly ms: number;
  readonly heldMB: number;
  readonly longestTurnMs: number;
}

/**
 * 100,000 tasks as the control plane makes them. From opening the store to its first page read, and what it then holds,
 * beside JSON.parse of the same records one by one and the plain objects that gives, each in a fresh process; what the
 * store holds that made them; and how long the main thread is held by one snapshot of them all.
 */
export const benchmark: Benchmark = { name: 'restart and heap with 100,000 tasks', run };

async function run(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-bench-'));
  try {
    const filled = measure('fill', directory);
    const measured = Array.from({ length: rounds }, () => ({
      parse: measure('parse', directory),
      restart: measure('restart', directory),
    }));
    const middle = (of: (round: (typeof measured)[number]) => number): number => median(measured.map(of));
    const plainMB = middle(({ parse }) => parse.heldMB);
    const parsedMs = middle(({ parse }) => parse.ms);
    const snapshot = measure('snapshot', directory);
    return [
      against(
        'opening the store to the first page of tasks',
        'ms',
        middle(({ restart }) => restart.ms),
        parsedMs,
      ),
      against(
        'held after a restart, indexes and all',
        'MB',
        middle(({ restart }) => restart.heldMB),
        plainMB,
      ),
      against('held by the store that made them', 'MB', filled.heldMB, plainMB),
      {
        what: 'longest turn of the main thread during a snapshot, CPU time',
        value: snapshot.longestTurnMs,
        unit: 'ms',
      },
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function measure(part: string, directory: string): Figures {
  const args = ['--expose-gc', '--max-old-space-size=6000', child, part];
  const places = [join(directory, 'store'), join(directory, 'bodies'), String(tasks)];
  /** As the launcher has it: the journal's thread does not compile what was compiled before. */
  const env = { ...process.env, NODE_COMPILE_CACHE: join(directory, 'compiled') };
  return JSON.parse(execFileSync(process.execPath, [...args, ...places], { encoding: 'utf8', env })) as Figures;
}
