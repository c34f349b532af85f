import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { backendSuite } from '../../backend.suite.ts';
import { faultCode, item, openItems } from '../../test-support/items.ts';
import { SqliteJournal } from './sqlite-journal.ts';

const damages = {
  'batch byte': "UPDATE journal SET body = replace(body, 'i', 'j') WHERE first = (SELECT max(first) FROM journal)",
  'chunk byte': "UPDATE snapshot SET body = replace(body, 'i', 'j') WHERE chunk = 0",
  'lost batch': 'DELETE FROM journal WHERE first = (SELECT first FROM journal ORDER BY first DESC LIMIT 1 OFFSET 1)',
  'lost chunk': 'DELETE FROM snapshot WHERE id = (SELECT max(id) FROM snapshot)',
} as const;

const madeDirectories: string[] = [];

afterAll(() => {
  for (const directory of madeDirectories) rmSync(directory, { recursive: true, force: true });
});

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-store-'));
  madeDirectories.push(directory);
  return directory;
}

function inDatabase<T>(directory: string, use: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(directory, 'store.sqlite'));
  try {
    return use(database);
  } finally {
    database.close();
  }
}

backendSuite(
  'sqlite',
  () => {
    const directory = temporaryDirectory();
    return {
      journal: () => new SqliteJournal({ directory }),
      batches: () =>
        inDatabase(directory, (db) => Number(db.prepare('SELECT count(*) AS n FROM journal').get()?.['n'])),
      damage: (what) => inDatabase(directory, (db) => db.exec(damages[what])),
      dispose: () => rmSync(directory, { recursive: true }),
    };
  },
  { historyRuns: 5 },
);

describe('the data directory', () => {
  it('is readable by its owner alone, and so is all in it', async () => {
    const directory = join(temporaryDirectory(), 'deep', 'inside');
    const store = await openItems(new SqliteJournal({ directory }));
    await store.update('test', (tx) => tx.items.put(item('a')));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const file of ['store.sqlite', 'store.sqlite-wal', 'store.pid']) {
      expect([file, statSync(join(directory, file)).mode & 0o777]).toEqual([file, 0o600]);
    }
    await store.close();
  });

  it('names the directory and the process that has it', async () => {
    const directory = temporaryDirectory();
    const store = await openItems(new SqliteJournal({ directory }));
    const second = openItems(new SqliteJournal({ directory }));
    await expect(second).rejects.toThrow(`Process ${process.pid} uses the data directory ${directory}`);
    await store.update('test', (tx) => tx.items.put(item('still works')));
    await store.close();
  });

  it('is refused while another process has it, and free as soon as that one is gone', async () => {
    const directory = temporaryDirectory();
    const child = fileURLToPath(new URL('../../test-support/crash-child.ts', import.meta.url));
    const other = spawn(process.execPath, [child, directory, join(directory, 'acknowledged')]);
    try {
      await once(other.stdout, 'data');
      await expect(openItems(new SqliteJournal({ directory }))).rejects.toMatchObject({
        code: 'StoreLocked',
        message: expect.stringContaining(`Process ${other.pid} uses the data directory ${directory}`),
      });
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    const store = await openItems(new SqliteJournal({ directory }));
    expect(store.epoch).toBe(2);
    await store.close();
  });

  it('is refused when its layout is newer, and when it holds no database', async () => {
    const newer = temporaryDirectory();
    await (await openItems(new SqliteJournal({ directory: newer }))).close();
    inDatabase(newer, (database) => database.exec('PRAGMA user_version = 99'));
    await expect(openItems(new SqliteJournal({ directory: newer }))).rejects.toMatchObject({
      code: 'StoreTooNew',
      message: expect.stringContaining(newer),
    });

    const other = temporaryDirectory();
    writeFileSync(join(other, 'store.sqlite'), 'this is some text and no database at all'.repeat(100));
    expect(await faultCode(openItems(new SqliteJournal({ directory: other })))).toBe('StoreDamaged');
  });
});

describe('the write-ahead log', () => {
  it('is kept short by checkpoints of its own', async () => {
    const directory = temporaryDirectory();
    const journal = new SqliteJournal({ directory, limits: { walBytes: 64 * 1024 } });
    const store = await openItems(journal);
    for (let i = 0; i < 200; i++) {
      await store.update('test', (tx) => tx.items.put(item(`i${i}`, { text: 'x'.repeat(2000) })));
    }
    expect(statSync(join(directory, 'store.sqlite-wal')).size).toBeLessThan(256 * 1024);
    expect(statSync(join(directory, 'store.sqlite')).size).toBeGreaterThan(300 * 1024);
    await store.close();
  });
});

describe('an answer of the thread', () => {
  it('leaves the event loop to others before the next', async () => {
    const journal = new SqliteJournal({ directory: temporaryDirectory() });
    const { parts } = await journal.load();
    for await (const part of parts) expect(part).toBeUndefined();
    let turns = 0;
    let running = true;
    const tick = (): void => {
      turns++;
      if (running) setImmediate(tick);
    };
    setImmediate(tick);
    const writer = journal.snapshot();
    let withoutTurn = 0;
    for (let chunk = 0; chunk < 50; chunk++) {
      const before = turns;
      const written = writer.write(new Uint8Array([91, 93]));
      await Promise.resolve();
      // As a caller with work of its own: the answer is there before it is done.
      for (const start = performance.now(); performance.now() < start + 3; );
      await written;
      if (turns === before) withoutTurn++;
    }
    running = false;
    expect(withoutTurn).toBe(0);
    await writer.abort();
    await journal.close();
  });
});
