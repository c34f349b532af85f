import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { integerBelow, SeededRandom } from '#base';
import { MemoryJournal } from './backends/memory.ts';
import { SqliteJournal } from './backends/sqlite/index.ts';
import { crashStep } from './test-support/crash-step.ts';
import { contentsOf, type ItemStore, openItems } from './test-support/items.ts';

/** Kills per run; a longer hunt: `ROADSTEAD_CRASH_ROUNDS=2000 vitest run --project unit src/store/crash.test.ts`. */
const rounds = Number(process.env['ROADSTEAD_CRASH_ROUNDS'] ?? 200);
/** Directories worked on side by side: one process per core. */
const lanes = 2;
const child = fileURLToPath(new URL('./test-support/crash-child.ts', import.meta.url));

describe('kill -9', () => {
  it(
    `loses nothing acknowledged and leaves exactly some prefix, ${rounds} times`,
    async () => {
      const survived = await Promise.all(
        Array.from({ length: lanes }, (_, lane) => crashLane(lane, Math.ceil(rounds / lanes))),
      );
      for (const revisions of survived) expect(revisions).toBeGreaterThan(rounds / lanes);
    },
    rounds * 2000 + 60_000,
  );
});

/** Kills one store over and over, each life beginning where the last one ended; gives the revisions it reached. */
async function crashLane(lane: number, count: number): Promise<number> {
  const random = new SeededRandom(lane);
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-crash-'));
  const file = `${directory}.acknowledged`;
  writeFileSync(file, '');
  const model = await openItems(new MemoryJournal());
  try {
    for (let round = 0; round < count; round++) {
      /** Most die under load; every eighth while it starts. */
      const early = round % 8 === 7;
      const delayMs = integerBelow(random, early ? 120 : 40);
      await runAndKill([directory, file], early, delayMs);
      const acknowledged = highestOf(file);
      const store = await openItems(new SqliteJournal({ directory }));
      expect(store.revision).toBeGreaterThanOrEqual(acknowledged);
      expect(store.epoch).toBeGreaterThan(round);
      await advance(model, store.revision);
      expect(contentsOf(store)).toEqual(contentsOf(model));
      await store.close();
    }
    return model.revision;
  } finally {
    rmSync(directory, { recursive: true });
    rmSync(file);
  }
}

/** Runs the child until `delayMs` after it began (early) or opened its store. */
function runAndKill(options: readonly string[], early: boolean, delayMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    let timer = early ? setTimeout(() => running.kill('SIGKILL'), delayMs) : undefined;
    running.stdout.on('data', () => {
      timer ??= setTimeout(() => running.kill('SIGKILL'), delayMs);
    });
    running.stderr.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    running.on('error', reject);
    running.on('close', (_code, signal) => {
      clearTimeout(timer);
      if (signal !== 'SIGKILL') reject(new Error(`the child ended by itself: ${errors}`));
      else resolve();
    });
  });
}

/** The last line may be cut off in the middle, so only whole ones count. */
function highestOf(file: string): number {
  const output = readFileSync(file, 'latin1');
  const whole = output.slice(0, output.lastIndexOf('\n') + 1).split('\n');
  return whole.reduce((highest, line) => Math.max(highest, Number.parseInt(line, 10) || 0), 0);
}

async function advance(model: ItemStore, revision: number): Promise<void> {
  while (model.revision < revision) await model.update('crash', (tx) => crashStep(tx, tx.revision + 1));
}
