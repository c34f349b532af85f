import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bugs } from './bugs.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Each bug must be found within this: so many seeds, of so many simulated hours each. */
const huntBudget = { seeds: 12, hours: 1.5, agents: 20, services: 8 } as const;

/** One child at a time per core, and the longest any may take. */
const lanes = 2;
const childSeconds = 240;

interface Hunted {
  readonly name: string;
  readonly found: boolean;
  /** What the child printed of it. */
  readonly text: string;
}

/** Looks for planted bugs, each in a process of its own, and prints what was found where; `part` `2/3`: every third from the second on. */
export async function hunt(options: { readonly seed: number; readonly part: string }): Promise<boolean> {
  const [part = 1, of = 1] = options.part.split('/').map(Number);
  const wanted = bugs.filter((_, index) => index % of === part - 1);
  const left = [...wanted];
  const missed: string[] = [];
  const lane = async (): Promise<void> => {
    for (let bug = left.shift(); bug !== undefined; bug = left.shift()) {
      const { found, text } = await huntOne(bug, options.seed);
      console.log(`${found ? '✓' : '✗'} ${bug.name.padEnd(24)} ${text}`);
      if (!found) missed.push(bug.name);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  console.log(missed.length === 0 ? `all ${wanted.length} planted bugs found` : `not found: ${missed.join(', ')}`);
  return missed.length === 0 && wanted.length > 0;
}

/** Runs seeds from `seed` on with the bug in, until one fails or the budget is used up. */
async function huntOne({ name, faults, balanced }: PlantedBug, seed: number): Promise<Hunted> {
  const { seeds, hours, agents, services } = huntBudget;
  const numbers = { seed, seeds, hours, agents, services, shrink: 0 };
  const args = Object.entries(numbers).flatMap(([option, value]) => [`--${option}`, String(value)]);
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [main, ...args, '--faults', faults ?? 'all', '--planted', name, ...(balanced ? ['--balanced'] : [])],
    {
      timeout: childSeconds * 1000,
    },
  );
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    output += data.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const runs = output.match(/^seed \d+:/gm)?.length ?? 0;
  const violated = /^violated: .*$/m.exec(output)?.[0];
  if (code === 1 && violated !== undefined) {
    return { name, found: true, text: `${violated}, seed ${seed + runs - 1}, run ${runs} of ${seeds}` };
  }
  const last = output.trim().split('\n').at(-1);
  return { name, found: false, text: code === 0 ? `not found in ${runs} runs` : `stopped (${code}): ${last}` };
}
