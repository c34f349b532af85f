import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { instantFromMs, ManualClock, silentLogger } from '#base';
import { mountSmallDisk, unmountSmallDisk } from '../../../test/support/small-disk.ts';
import { LogStore } from '../log-store.ts';
import { allPages, group } from '../test-support/model.ts';
import { describeLogDisk } from './disk.suite.ts';
import { FileLogDisk } from './file-disk.ts';
import { MemoryLogDisk } from './memory-disk.ts';

describeLogDisk('in memory', async () => {
  const disk = new MemoryLogDisk();
  return { open: () => disk, async [Symbol.asyncDispose]() {} };
});

describeLogDisk('in files', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-logs-'));
  return {
    open: () => new FileLogDisk({ directory: join(directory, 'logs') }),
    async [Symbol.asyncDispose]() {
      rmSync(directory, { recursive: true });
    },
  };
});

const clock = new ManualClock(instantFromMs(1_000));

describe('files', () => {
  it('are the owner’s alone, and few are open, however many groups and streams there are', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'roadstead-logs-'));
    try {
      await using store = new LogStore({ disk: new FileLogDisk({ directory }), clock, logger: silentLogger });
      const openFiles = (): number => readdirSync('/proc/self/fd').length;
      const before = openFiles();
      for (let number = 0; number < 100; number++) {
        const id = number.toString(16).padStart(32, '0');
        const names = Array.from({ length: 20 }, (_, index) => `stream-${index}`);
        await Promise.all(names.map((name) => store.createStream(id, name)));
        await Promise.all(names.map((name) => store.append(id, name, [{ timestampMs: 1, message: name }])));
      }
      expect(openFiles() - before).toBeLessThanOrEqual(66);
      expect(statSync(join(directory, '0'.repeat(32))).mode & 0o777).toBe(0o700);
      expect(statSync(join(directory, '0'.repeat(32), '00000001.log')).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

const mounted = mountSmallDisk('1m');

afterAll(() => unmountSmallDisk(mounted));

describe.skipIf(mounted === undefined)('a disk that is really full (needs root, to mount a small one)', () => {
  it('refuses events, goes on reading, and recovers when there is space, losing nothing acknowledged', async () => {
    const directory = join(mounted ?? '', 'logs');
    const filler = join(mounted ?? '', 'filler');
    const open = (): LogStore => new LogStore({ disk: new FileLogDisk({ directory }), clock, logger: silentLogger });
    await using store = open();
    await store.createStream(group, 's');
    const acknowledged: string[] = [];
    const put = async (message: string): Promise<unknown> => {
      const outcome = await store
        .append(group, 's', [{ timestampMs: acknowledged.length, message }])
        .catch((error: unknown) => error);
      if (outcome instanceof Error) return outcome;
      acknowledged.push(message);
      return undefined;
    };
    const found = async (from: LogStore): Promise<string[]> =>
      (await allPages(from, { limit: 10_000 })).events.map(({ message }) => message);
    for (let round = 0; round < 3; round++) {
      writeFileSync(filler, Buffer.alloc(400_000));
      let refused: unknown;
      for (let count = 0; count < 500 && refused === undefined; count++) {
        refused = await put(`${round}-${count} ${'x'.repeat(4000)}`);
      }
      expect(refused).toMatchObject({ code: 'LogsFull', retryable: true });
      expect(await found(store)).toEqual(acknowledged);
      rmSync(filler);
      expect(await put(`after ${round}`)).toBeUndefined();
    }
    await using again = open();
    expect(await found(again)).toEqual(acknowledged);
  });
});
