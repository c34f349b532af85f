import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bugs } from './planted/bugs.ts';
import { patched } from './planted/plant.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const timeoutMs = 900_000;

/** Runs the simulation in a process of its own; gives all it says, and whether all went well. */
async function sim(...args: readonly string[]): Promise<{ readonly ok: boolean; readonly text: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], { maxBuffer: 64 * 1024 * 1024 });
    return { ok: true, text: stdout };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { ok: false, text: `${stdout}${stderr}` };
  }
}

describe('the simulation', () => {
  it('gives the same event log for the same seed, byte for byte', { timeout: timeoutMs }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'roadstead-sim-'));
    try {
      const logs = ['a', 'b'].map((name) => join(folder, name));
      const size = ['--seed', '7', '--hours', '0.4', '--agents', '16', '--services', '6'];
      const runs = await Promise.all(logs.map((log) => sim(...size, '--log', log)));
      expect(runs.map(({ text, ok }) => (ok ? 'ok' : text))).toEqual(['ok', 'ok']);
      const [one, other] = logs.map((log) => readFileSync(log));
      expect(one?.length).toBeGreaterThan(10_000);
      expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('finds nothing wrong with seeds never seen before', { timeout: timeoutMs }, async () => {
    const { ok, text } = await sim('--seeds', '1000', '--budget', '20', '--shrink', '30');
    console.log(text);
    expect(ok, text).toBe(true);
  });

  it('finds every bug that is planted: a third of them in each run of the tests', { timeout: timeoutMs }, async () => {
    const part = `${1 + Math.floor(Math.random() * 3)}/3`;
    const { ok, text } = await sim('--planted', 'all', '--part', part, '--seed', '1');
    console.log(`--part ${part}\n${text}`);
    expect(ok, text).toBe(true);
  });

  it.each(bugs)('has a place in the product for the bug $name', ({ patches }) => {
    for (const patch of patches) {
      const source = readFileSync(new URL(`../../${patch.file}`, import.meta.url), 'utf8');
      expect(patched(source, patch)).not.toBe(source);
    }
  });
});
