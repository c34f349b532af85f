import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { instantFromMs, integerBelow, ManualClock, SeededRandom, silentLogger } from '#base';
import { FileLogDisk } from './disk/file-disk.ts';
import { LogStore } from './log-store.ts';
import { allPages } from './test-support/model.ts';

/** Kills per run; a longer hunt: `ROADSTEAD_CRASH_ROUNDS=500 vitest run --project unit src/logs/crash.test.ts`. */
const rounds = Number(process.env['ROADSTEAD_CRASH_ROUNDS'] ?? 6);
const child = fileURLToPath(new URL('./test-support/crash-child.ts', import.meta.url));

describe('kill -9', () => {
  it(
    `loses no event that was acknowledged, ${rounds} times`,
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'roadstead-logs-'));
      const file = `${directory}.acknowledged`;
      const random = new SeededRandom(1);
      writeFileSync(file, '');
      try {
        for (let round = 0; round < rounds; round++) {
          await runAndKill([directory, file, String(round)], integerBelow(random, 60));
          const found = await everything(directory);
          const owed = acknowledgedIn(file);
          expect(owed.filter((each) => !found.has(each))).toEqual([]);
        }
        expect(acknowledgedIn(file).length).toBeGreaterThan(rounds * 4);
      } finally {
        rmSync(directory, { recursive: true });
        rmSync(file);
      }
    },
    rounds * 5_000 + 30_000,
  );
});

async function everything(directory: string): Promise<ReadonlySet<string>> {
  const clock = new ManualClock(instantFromMs(1_000));
  await using store = new LogStore({ disk: new FileLogDisk({ directory }), clock, logger: silentLogger });
  const { events } = await allPages(store, { limit: 10_000 });
  const found = events.map(({ streamName, message }) => `${streamName} ${message}`);
  expect(new Set(found).size).toBe(found.length);
  return new Set(found);
}

/** The last line may be cut off in the middle, so only whole ones count. */
function acknowledgedIn(file: string): string[] {
  return readFileSync(file, 'latin1').split('\n').slice(0, -1);
}

function runAndKill(options: readonly string[], delayMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
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
