import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';

const program = new URL('../churn/main.ts', import.meta.url).pathname;

/** The churn's exit code and what it printed. */
async function churned(...args: string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (some: Buffer) => (text += some.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, text };
}

it('kill -9 of agents, engine and control plane in a crowd of tasks leaves nothing over and loses nothing', async () => {
  const { code, text } = await churned('--rounds', '2');
  expect(code, text).toBe(0);
}, 400_000);
