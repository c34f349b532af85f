import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault, silentLogger } from '#base';
import { SqliteJournal } from './backends/sqlite/index.ts';
import { crashStep } from './test-support/crash-step.ts';
import { contentsOf, openItems } from './test-support/items.ts';

const pageSize = 8192;
const frameSize = pageSize + 24;
/** Damages tried per kind: `ROADSTEAD_DAMAGE_RUNS=5000 vitest run --project unit src/store/damage.property.test.ts`. */
const numRuns = Number(process.env['ROADSTEAD_DAMAGE_RUNS'] ?? 15);

const home = mkdtempSync(join(tmpdir(), 'roadstead-damage-'));
/** As a killed process leaves it: a snapshot and batches in the database, more of both in the write-ahead log. */
const original = join(home, 'original');
const copy = join(home, 'copy');
const database = 'store.sqlite';
const log = 'store.sqlite-wal';
let contents: unknown;

/** Revisions after a snapshot at which all that it superseded is deleted, and the next one is not yet begun. */
const settled = { from: 8, to: 12 };

beforeAll(async () => {
  const directory = join(home, 'living');
  const limits = { snapshotAfterBytes: 24 * 1024, snapshotChunkRecords: 20 };
  let revision = 0;
  let snapshotAt = 0;
  const debug = (message: string): void => {
    if (message === 'snapshot written') snapshotAt = revision;
  };
  const run = async (to: number): Promise<() => Promise<void>> => {
    const journal = new SqliteJournal({ directory, limits: { idleMs: 1_000_000 } });
    const store = await openItems(journal, { limits, logger: { ...silentLogger, debug } });
    while (revision < to || revision < snapshotAt + settled.from || revision > snapshotAt + settled.to) {
      await store.update('crash', (tx) => crashStep(tx, tx.revision + 1));
      revision = store.revision;
    }
    contents = contentsOf(store);
    return () => store.close();
  };
  await (await run(100))();
  const close = await run(130);
  cpSync(directory, original, { recursive: true });
  await close();
});

afterAll(() => rmSync(home, { recursive: true }));

/** Opens a damaged copy: it must be what it was, or refused in words that name the place. */
async function opened(damage: (directory: string) => void): Promise<'whole' | 'refused'> {
  rmSync(copy, { recursive: true, force: true });
  cpSync(original, copy, { recursive: true });
  damage(copy);
  try {
    const store = await openItems(new SqliteJournal({ directory: copy }));
    const found = contentsOf(store);
    await store.close();
    expect(found).toEqual(contents);
    return 'whole';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    expect(error.code).toMatch(/^Store(Damaged|TooNew)$/);
    expect(error.message).toContain(copy);
    return 'refused';
  }
}

function edit(directory: string, file: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(join(directory, file));
  change(bytes);
  writeFileSync(join(directory, file), bytes);
}

function flip(bytes: Buffer, at: number, bit: number): void {
  const place = at % bytes.length;
  bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
}

const place = fc.nat(2 ** 30);
const bit = fc.nat(7);
const files = [database, log];
const pages = (bytes: Buffer): number => Math.floor(bytes.length / pageSize);
const page = (bytes: Buffer, number: number): Buffer =>
  bytes.subarray((number % pages(bytes)) * pageSize).subarray(0, pageSize);

describe('a damaged data directory', { timeout: 1_800_000 }, () => {
  it('has a database and a write-ahead log to damage, and opens as it is', async () => {
    expect(readFileSync(join(original, log)).length).toBeGreaterThan(20 * frameSize);
    expect(readFileSync(join(original, database)).length).toBeGreaterThan(5 * pageSize);
    expect(await opened(() => {})).toBe('whole');
  });

  it.each(files)('with a bit of %s flipped is whole or refused', async (file) => {
    await fc.assert(
      fc.asyncProperty(place, bit, async (at, which) => {
        await opened((directory) => edit(directory, file, (bytes) => flip(bytes, at, which)));
      }),
      { numRuns },
    );
  });

  it('with a bit of a header flipped is whole or refused', async () => {
    const frames = Math.floor(readFileSync(join(original, log)).length / frameSize);
    const inLog = fc.tuple(fc.nat(frames - 1), fc.nat(23)).map(([frame, at]) => 32 + frame * frameSize + at);
    const head = fc.oneof(
      fc.nat(99).map((at) => [database, at] as const),
      fc.tuple(fc.nat(20), fc.nat(40)).map(([number, at]) => [database, number * pageSize + at] as const),
      fc.nat(31).map((at) => [log, at] as const),
      inLog.map((at) => [log, at] as const),
    );
    await fc.assert(
      fc.asyncProperty(head, bit, async ([file, at], which) => {
        await opened((directory) => edit(directory, file, (bytes) => flip(bytes, at, which)));
      }),
      { numRuns: numRuns * 2 },
    );
  });

  it.each(['epoch', 'generation', 'chunks', 'base', 'until', 'lastCreated', 'schemaVersion', 'crc'])(
    'with another %s in its table meta is refused',
    async (column) => {
      const changed = await opened((directory) => {
        const open = new DatabaseSync(join(directory, database));
        open.exec(`UPDATE meta SET ${column} = ${column} + 1`);
        open.close();
      });
      expect(changed).toBe('refused');
    },
  );

  it('with a log that is cut anywhere, or gone, is refused: what it held was acknowledged', async () => {
    const length = readFileSync(join(original, log)).length;
    const atFrame = fc.nat(Math.floor(length / frameSize) - 1).map((frame) => 32 + frame * frameSize);
    await fc.assert(
      fc.asyncProperty(fc.oneof(atFrame, fc.nat(length - 1)), async (at) => {
        expect(await opened((directory) => truncateSync(join(directory, log), at))).toBe('refused');
      }),
      { numRuns },
    );
    expect(await opened((directory) => rmSync(join(directory, log)))).toBe('refused');
  });

  it('with a database that is cut anywhere is whole or refused', async () => {
    const length = readFileSync(join(original, database)).length;
    await fc.assert(
      fc.asyncProperty(fc.nat(length - 1), fc.boolean(), async (at, atPage) => {
        const end = atPage ? at - (at % pageSize) : at;
        await opened((directory) => truncateSync(join(directory, database), end));
      }),
      { numRuns },
    );
  });

  it.each(files)('with pages of %s zeroed or exchanged is whole or refused', async (file) => {
    await fc.assert(
      fc.asyncProperty(place, place, async (one, other) => {
        await opened((directory) => {
          edit(directory, file, (bytes) => {
            const first = Buffer.from(page(bytes, one));
            if (one % 2 === 0) {
              page(bytes, one).fill(0);
            } else {
              page(bytes, other).copy(page(bytes, one));
              first.copy(page(bytes, other));
            }
          });
        });
      }),
      { numRuns },
    );
  });

  it('without its mark, or with a damaged one, opens: the mark is evidence, not state', async () => {
    expect(existsSync(join(original, 'store.mark'))).toBe(true);
    expect(await opened((directory) => rmSync(join(directory, 'store.mark')))).toBe('whole');
    expect(await opened((directory) => edit(directory, 'store.mark', (bytes) => flip(bytes, 0, 0)))).toBe('whole');
  });
});
