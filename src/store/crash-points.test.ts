import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MemoryJournal } from './backends/memory.ts';
import { SqliteJournal } from './backends/sqlite/index.ts';
import { crashStep } from './test-support/crash-step.ts';
import { contentsOf, type ItemStore, openItems, Sums } from './test-support/items.ts';
import { canTrace, type DiskPoint, type Ending, type Injection, pointsOf, runWith } from './test-support/strace.ts';

/**
 * Every how many points one is taken; all of them, some five hundred:
 * `ROADSTEAD_CRASH_STRIDE=1 vitest run --project unit src/store/crash-points.test.ts`.
 */
const stride = Number(process.env['ROADSTEAD_CRASH_STRIDE'] ?? 20);
const revisions = 60;
/** What was not acknowledged when the process ended, at most. */
const underWay = 2;
const lanes = 2;
const child = fileURLToPath(new URL('./test-support/crash-points-child.ts', import.meta.url));

describe.skipIf(!canTrace)('at every call that changes the disk (needs strace)', () => {
  it(`a kill in place of it loses nothing acknowledged and leaves exactly some prefix, every ${stride}th`, async () => {
    const points = await everyPoint();
    const killed = await eachPoint(points, stride, 'signal=KILL', ({ signal }) => signal === 'SIGKILL');
    expect(killed).toBeGreaterThan(0.9 * Math.floor(points.length / stride));
  }, 1_800_000);

  it.each(['error=EIO', 'error=ENOSPC', 'error=EROFS'] as const)(
    'a failure of it (%s) takes back what it refuses and keeps the rest',
    async (injection) => {
      const points = (await everyPoint()).filter(({ call }) => call === 'pwrite64');
      await eachPoint(points, stride * 4, injection, ({ code }) => code === 0 || code === 3);
    },
    1_800_000,
  );

  it('after a flush that failed nothing is written until the next start, which knows what was acknowledged', async () => {
    const points = (await everyPoint()).filter(({ call }) => call === 'fsync' || call === 'fdatasync');
    await eachPoint(points, Math.ceil(stride / 2), 'error=EIO', ({ code, errors }) => {
      const last = code === 0;
      const opening = code === 1 && errors.includes('StoreFailed');
      const refusing = code === 3 && errors === 'StoreFailed false\n'.repeat(3);
      expect([last, opening, refusing, errors]).toContain(true);
      return refusing;
    });
  }, 1_800_000);
});

/** Runs the story for every `step`th point; gives how many endings were as said. Every one must leave good state. */
async function eachPoint(
  points: readonly DiskPoint[],
  step: number,
  injection: Injection,
  asSaid: (ending: Ending) => boolean,
): Promise<number> {
  const chosen = points.filter((_, index) => index % step === 0);
  const expected = await contentsByRevision();
  let count = 0;
  const repeats = injection === 'signal=KILL' ? 3 : 0;
  const lane = async (): Promise<void> => {
    for (let point = chosen.pop(); point !== undefined; point = chosen.pop()) {
      let ending = await endingAt(point, injection, expected);
      // Batches fall out otherwise each time: the story may be over before the call it was to be killed at.
      for (let more = repeats; more > 0 && ending.code === 0; more--) {
        point = { ...point, nth: Math.ceil(point.nth * 0.9) };
        ending = await endingAt(point, injection, expected);
      }
      if (asSaid(ending)) count++;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return count;
}

/** How the story ends with one call tampered with; throws unless it leaves good state. */
async function endingAt(point: DiskPoint, injection: Injection, expected: readonly unknown[]): Promise<Ending> {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-crash-'));
  try {
    writeFileSync(`${directory}.acknowledged`, '');
    const ending = await runWith(injection, point, story(directory));
    await checkState(directory, expected).catch((cause: unknown) => {
      throw new Error(`after ${injection} at ${point.call} ${point.nth}; ${JSON.stringify(ending)}`, { cause });
    });
    return ending;
  } finally {
    rmSync(directory, { recursive: true });
    rmSync(`${directory}.acknowledged`);
  }
}

async function everyPoint(): Promise<readonly DiskPoint[]> {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-crash-'));
  try {
    return await pointsOf(story(directory));
  } finally {
    rmSync(directory, { recursive: true });
    rmSync(`${directory}.acknowledged`);
  }
}

function story(directory: string): readonly string[] {
  return [child, join(directory, 'store'), `${directory}.acknowledged`, String(revisions)];
}

/** All that was acknowledged is there, what was not is there whole or not at all, and the store goes on. */
async function checkState(directory: string, expected: readonly unknown[]): Promise<void> {
  const acknowledged = Math.max(0, ...readFileSync(`${directory}.acknowledged`, 'utf8').split('\n').map(Number));
  const open = (sums: Sums): Promise<ItemStore> =>
    openItems(new SqliteJournal({ directory: join(directory, 'store') }), { projections: [sums] });
  const sums = new Sums();
  const store = await open(sums);
  const { revision } = store;
  expect(revision).toBeGreaterThanOrEqual(acknowledged);
  expect(revision).toBeLessThanOrEqual(acknowledged + underWay);
  expect(contentsOf(store)).toEqual(expected[revision]);
  expect(sums.byOwner).toEqual(Sums.of(store));
  await store.update('crash', (tx) => crashStep(tx, revision + 1));
  await store.close();
  const again = await open(new Sums());
  expect(contentsOf(again)).toEqual(expected[revision + 1]);
  await again.close();
}

/** The contents at each revision, told by a store that nothing happened to. */
async function contentsByRevision(): Promise<readonly unknown[]> {
  const model = await openItems(new MemoryJournal());
  const contents = [contentsOf(model)];
  while (model.revision <= revisions + underWay) {
    await model.update('crash', (tx) => crashStep(tx, tx.revision + 1));
    contents.push(contentsOf(model));
  }
  return contents;
}
