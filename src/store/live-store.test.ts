import { describe, expect, it } from 'vitest';
import { Fault } from '#base';
import { type DiskFailure, MemoryDisk, MemoryJournal } from './backends/memory.ts';
import { contentsOf, faultCode, type Item, type ItemSchema, item, openItems } from './test-support/items.ts';
import type { Change, Projection } from './types.ts';

async function openOn(disk: MemoryDisk, options: Parameters<typeof openItems>[1] = {}) {
  return openItems(new MemoryJournal(disk), options);
}

/** Sums counts by owner, so that a test sees whether undo reached the projections. */
class Sums implements Projection<ItemSchema> {
  readonly tables = ['items'] as const;
  total = 0;

  apply(change: Pick<Change<ItemSchema>, 'before' | 'after'>): void {
    this.total += ((change.after as Item | undefined)?.count ?? 0) - ((change.before as Item | undefined)?.count ?? 0);
  }
}

describe('update', () => {
  it('is atomic, resolves with its value, and counts revisions', async () => {
    const store = await openOn(new MemoryDisk());
    const value = await store.update('test', (tx) => {
      tx.items.put(item('a'));
      tx.notes.put({ name: 'n', about: 'a' });
      return tx.items.size;
    });
    expect(value).toBe(1);
    expect(store.revision).toBe(1);
    expect(store.durableRevision).toBe(1);
  });

  it('runs at once, before its promise settles', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk);
    disk.holdAppends();
    const update = store.update('test', (tx) => tx.items.put(item('a')));
    expect(store.view.items.has('a')).toBe(true);
    expect([store.revision, store.durableRevision]).toEqual([1, 0]);
    disk.releaseAppends();
    await update;
    expect(store.durableRevision).toBe(1);
  });

  it('takes all of it back when it throws', async () => {
    const sums = new Sums();
    const store = await openOn(new MemoryDisk(), { projections: [sums] });
    await store.update('test', (tx) => tx.items.put(item('a', { count: 1, owner: 'x' })));
    const before = contentsOf(store);
    const failing = store.update('test', (tx) => {
      tx.items.put(item('a', { count: 2, owner: 'y' }));
      tx.items.put(item('b', { count: 7 }));
      tx.items.put(item('b', { count: 8 }));
      tx.items.delete('a');
      tx.items.put(item('a', { count: 9 }));
      expect(sums.total).toBe(17);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(contentsOf(store)).toEqual(before);
    expect(sums.total).toBe(1);
  });

  it('refuses a promise, a nested transaction and a tx that outlives its transaction', async () => {
    const store = await openOn(new MemoryDisk());
    const leaky: { put?: (record: Item) => void } = {};
    const asynchronous = store.update<unknown>('test', (tx) => {
      tx.items.put(item('a'));
      leaky.put = (record) => tx.items.put(record);
      return Promise.resolve();
    });
    await expect(asynchronous).rejects.toThrow('must not return a promise');
    await expect(store.update('test', () => void store.update('test', () => {}))).rejects.toThrow('is running');
    expect(() => leaky.put?.(item('b'))).toThrow('has ended');
    expect(store.view.items.size).toBe(0);
    expect(store.revision).toBe(0);
  });

  it('commits nothing when nothing changed, and yet waits for what it saw', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk);
    disk.holdAppends();
    let settled = false;
    const first = store.update('test', (tx) => tx.items.put(item('a')));
    const same = store
      .update('test', (tx) => {
        tx.items.put(tx.items.get('a'));
        tx.items.put(item('passing'));
        tx.items.delete('passing');
        tx.items.delete('never there');
      })
      .then(() => {
        settled = true;
      });
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    disk.releaseAppends();
    await Promise.all([first, same]);
    expect(store.revision).toBe(1);
  });

  it('freezes what it stores', async () => {
    const store = await openOn(new MemoryDisk());
    await store.update('test', (tx) => tx.items.put(item('a', { labels: ['x'] })));
    expect(() => (store.view.items.get('a').labels as string[]).push('y')).toThrow();
    await expect(store.update('test', (tx) => tx.items.put(item('b', { count: Number.NaN })))).rejects.toThrow(
      'items/b.count',
    );
    expect(store.view.items.has('b')).toBe(false);
  });
});

describe('the journal refuses', () => {
  const failures: readonly (readonly [DiskFailure, string])[] = [
    ['full', 'StoreFull'],
    ['read-only', 'StoreReadOnly'],
    ['error', 'StoreFailed'],
  ];
  it.each(failures)(
    '%s: everything not on disk is taken back, and the next update tries again',
    async (failure, code) => {
      const disk = new MemoryDisk();
      const sums = new Sums();
      const store = await openOn(disk, { projections: [sums] });
      await store.update('test', (tx) => tx.items.put(item('kept', { count: 1, owner: 'x' })));
      const before = contentsOf(store);

      disk.failNextAppend(failure);
      const updates = [
        store.update('test', (tx) => tx.items.put(item('kept', { count: 10, owner: 'y' }))),
        store.update('test', (tx) => tx.items.delete('kept')),
        store.update('test', (tx) => tx.items.put(item('new', { count: 5 }))),
      ];
      const read = store.read((view) => view.items.get('new'));
      const refusal = store.update('test', () => {
        throw new Error('rests on what was taken back');
      });
      expect(sums.total).toBe(5);

      for (const promise of [...updates, read, refusal]) expect(await faultCode(promise)).toBe(code);
      expect(contentsOf(store)).toEqual(before);
      expect(sums.total).toBe(1);
      expect(await store.read((view) => view.items.get('kept').count)).toBe(1);

      await store.update('test', (tx) => tx.items.put(item('later')));
      expect([store.revision, store.durableRevision]).toEqual([2, 2]);
      await store.close();
      const again = await openOn(disk);
      expect([...again.view.items.all()].map(({ id }) => id)).toEqual(['kept', 'later']);
    },
  );

  it('takes back also what was queued behind the refused append, and nothing before it', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk, { limits: { batchTransactions: 1 } });
    disk.holdAppends();
    const first = store.update('test', (tx) => tx.items.put(item('first')));
    const second = store.update('test', (tx) => tx.items.put(item('second')));
    const third = store.update('test', (tx) => tx.items.put(item('third')));
    await new Promise((resolve) => setImmediate(resolve));
    disk.failNextAppend('full');
    disk.releaseAppends();
    await first;
    expect(await faultCode(second)).toBe('StoreFull');
    expect(await faultCode(third)).toBe('StoreFull');
    expect([...store.view.items.all()].map(({ id }) => id)).toEqual(['first']);
  });
});

describe('read', () => {
  it('settles only once what it saw is on disk, a throw as well', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk);
    disk.holdAppends();
    const settled: string[] = [];
    const update = store.update('test', (tx) => tx.items.put(item('a')));
    const value = store.read((view) => view.items.size).finally(() => settled.push('value'));
    const refusal = store
      .read(() => {
        throw new Error('no such item');
      })
      .finally(() => settled.push('refusal'));
    refusal.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toEqual([]);
    disk.releaseAppends();
    await update;
    expect(await value).toBe(1);
    await expect(refusal).rejects.toThrow('no such item');
  });
});

describe('limits', () => {
  it('asks callers to come back when too many wait for the disk', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk, { limits: { pendingTransactions: 3 } });
    disk.holdAppends();
    const accepted = [1, 2, 3].map((n) => store.update('test', (tx) => tx.items.put(item(`i${n}`))));
    const refused = await store.update('test', (tx) => tx.items.put(item('i4'))).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Fault);
    expect(refused).toMatchObject({ code: 'StoreOverloaded', retryable: true });
    expect(await faultCode(store.read(() => 1))).toBe('StoreOverloaded');
    disk.releaseAppends();
    await Promise.all(accepted);
    await store.update('test', (tx) => tx.items.put(item('i4')));
    expect(store.view.items.size).toBe(4);
  });
});

describe('close', () => {
  it('waits for what is pending, then refuses', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk);
    const update = store.update('test', (tx) => tx.items.put(item('a')));
    await store.close();
    await update;
    expect(await faultCode(store.update('test', (tx) => tx.items.put(item('b'))))).toBe('StoreClosed');
    const again = await openOn(disk);
    expect(again.view.items.has('a')).toBe(true);
    expect(again.epoch).toBe(2);
  });
});

describe('a crash', () => {
  it('loses what was not acknowledged and nothing else', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk);
    await store.update('test', (tx) => tx.items.put(item('acknowledged')));
    disk.holdAppends();
    void store.update('test', (tx) => tx.items.put(item('in flight')));
    disk.crash();
    const again = await openOn(disk);
    expect([...again.view.items.all()].map(({ id }) => id)).toEqual(['acknowledged']);
    expect(again.revision).toBe(1);
  });
});
