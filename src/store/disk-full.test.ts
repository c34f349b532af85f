import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mountSmallDisk, unmountSmallDisk } from '../../test/support/small-disk.ts';
import { SqliteJournal } from './backends/sqlite/index.ts';
import { faultCode, type Item, type ItemStore, item, openItems } from './test-support/items.ts';

const mounted = mountSmallDisk('4m');

afterAll(() => unmountSmallDisk(mounted));

function put(store: ItemStore, id: string): Promise<void> {
  return store.update('test', (tx) => tx.items.put(item(id, { text: id.repeat(500) })));
}

/** Puts items, noting those acknowledged, until one is refused; gives why. */
async function putUntilRefused(store: ItemStore, prefix: string, acknowledged: string[]): Promise<unknown> {
  for (let i = 0; i < 2000; i++) {
    const refused = await put(store, `${prefix}-${i}`).catch((error: unknown) => error);
    if (refused !== undefined) return refused;
    acknowledged.push(`${prefix}-${i}`);
  }
  return undefined;
}

function idsOf(store: ItemStore): readonly string[] {
  return [...store.view.items.all()].map(({ id }: Item) => id);
}

describe.skipIf(mounted === undefined)('a disk that is really full (needs root, to mount a small one)', () => {
  it('refuses updates, goes on reading, and recovers when there is space, losing nothing acknowledged', async () => {
    const directory = join(mounted!, 'store');
    const filler = join(mounted!, 'filler');
    const store = await openItems(new SqliteJournal({ directory }));
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      await put(store, `before-${round}`);
      acknowledged.push(`before-${round}`);
      fill(filler);

      const refused = await putUntilRefused(store, `item-${round}`, acknowledged);
      expect(refused).toMatchObject({ code: 'StoreFull', retryable: true });
      expect(refused).toMatchObject({ message: expect.stringContaining(directory) });
      expect(await faultCode(put(store, 'still full'))).toBe('StoreFull');
      expect(await store.read(() => idsOf(store))).toEqual(acknowledged);

      rmSync(filler);
      await put(store, `after-${round}`);
      acknowledged.push(`after-${round}`);
      for (const id of acknowledged.splice(0, acknowledged.length - 10)) {
        await store.update('test', (tx) => tx.items.delete(id));
      }
    }
    await store.close();
    const again = await openItems(new SqliteJournal({ directory }));
    expect(idsOf(again)).toEqual(acknowledged);
    await again.close();
  });

  it('says that a read-only directory must be made writable', async () => {
    const directory = join(mounted!, 'store');
    execFileSync('mount', ['-o', 'remount,ro', mounted!]);
    try {
      expect(await faultCode(openItems(new SqliteJournal({ directory })))).toBe('StoreReadOnly');
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', mounted!]);
    }
  });
});

function fill(file: string): void {
  const block = Buffer.alloc(16 * 1024);
  try {
    for (;;) writeFileSync(file, block, { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
