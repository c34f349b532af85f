import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Fault } from '#base';
import type { Journal } from './journal.ts';
import type { Migration } from './migrations/index.ts';
import type { StoreOptions } from './open-store.ts';
import { contentsOf, type ItemSchema, type ItemStore, item, openItems } from './test-support/items.ts';

/** One place where journals keep their bytes, and what a test may do to it while no journal has it open. */
export interface BackendPlace {
  /** A journal over this place; each call is a new start. */
  journal(): Journal;
  /** Damages what is stored. */
  damage(what: 'batch byte' | 'chunk byte' | 'lost batch' | 'lost chunk'): void;
  /** How many batches are stored. */
  batches(): number;
  dispose(): void;
}

type Options = Partial<StoreOptions<ItemSchema>>;

/** Limits so small that a handful of updates makes snapshots of several chunks. */
const tinyLimits = { snapshotAfterBytes: 600, snapshotChunkRecords: 3, snapshotChunkLength: 200, batchTransactions: 4 };

/** What every journal must do, seen through the store. `historyRuns` random histories are tried. */
export function backendSuite(name: string, newPlace: () => BackendPlace, options: { historyRuns: number }): void {
  describe(`${name} journal`, () => {
    const open: { place: BackendPlace; stores: ItemStore[] }[] = [];

    afterEach(async () => {
      for (const { place, stores } of open.splice(0)) {
        for (const store of stores) await store.close();
        place.dispose();
      }
    });

    function place(): BackendPlace & { start(options?: Options): Promise<ItemStore> } {
      const made = newPlace();
      const stores: ItemStore[] = [];
      open.push({ place: made, stores });
      return Object.assign(made, {
        start: async (options: Options = {}) => {
          const store = await openItems(made.journal(), options);
          stores.push(store);
          return store;
        },
      });
    }

    it('gives back what was stored, in order of creation, with its revisions', async () => {
      const here = place();
      const first = await here.start();
      await first.update('test', (tx) => {
        tx.items.put(item('a', { owner: 'x', text: 'héllo \ud800 \u0000' }));
        tx.items.put(item('b', { labels: ['red', 'blue'] }));
      });
      await first.update('test', (tx) => {
        tx.items.put(item('a', { count: 2 }));
        tx.items.delete('b');
        tx.items.put(item('b', { count: 3 }));
        tx.items.put(item('c'));
      });
      await first.update('test', (tx) => tx.items.delete('c'));
      const before = contentsOf(first);
      await first.close();
      const second = await here.start();
      expect(contentsOf(second)).toEqual(before);
      expect([second.revision, second.durableRevision, second.epoch]).toEqual([3, 3, 2]);
      expect(second.view.items.get('a')).toEqual(item('a', { count: 2 }));
      await second.update('test', (tx) => tx.items.put(item('d')));
      expect(second.revision).toBe(4);
    });

    it('keeps cursors good over a restart, and never gives a creation number twice', async () => {
      const here = place();
      const first = await here.start({ limits: tinyLimits });
      await first.update('test', (tx) => {
        for (const id of ['a', 'b', 'c']) tx.items.put(item(id, { owner: 'x' }));
      });
      const page = first.view.items.page('owner', 'x', { limit: 2 });
      const last = first.view.items.page('owner', 'x', { limit: 3, filter: () => true });
      expect(last.records).toHaveLength(3);
      await first.update('test', (tx) => tx.items.delete('c'));
      for (let i = 0; i < 20; i++)
        await first.update('test', (tx) => tx.items.put(item('a', { owner: 'x', count: i })));
      await first.close();
      const second = await here.start();
      await second.update('test', (tx) => tx.items.put(item('new', { owner: 'x' })));
      const next = second.view.items.page('owner', 'x', { limit: 2, after: page.next });
      expect(next.records.map(({ id }) => id)).toEqual(['new']);
    });

    it('counts how often it was opened', async () => {
      const here = place();
      for (let epoch = 1; epoch <= 3; epoch++) {
        const store = await here.start();
        expect(store.epoch).toBe(epoch);
        await store.close();
      }
    });

    it('lets only one store in at a time', async () => {
      const here = place();
      await here.start();
      await expect(here.start()).rejects.toMatchObject({ code: 'StoreLocked' });
    });

    it('prunes what a snapshot holds', async () => {
      const here = place();
      const store = await here.start({ limits: tinyLimits });
      for (let i = 0; i < 300; i++) await store.update('test', (tx) => tx.items.put(item(`i${i % 7}`, { count: i })));
      await store.close();
      expect(here.batches()).toBeLessThan(100);
      expect((await here.start()).view.items.get(`i${299 % 7}`).count).toBe(299);
    });

    it('comes back to the same state from any history, with snapshots taken while it goes on', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 200, size: 'max' }), async (steps) => {
          const here = newPlace();
          try {
            await checkHistory(here, steps);
          } finally {
            here.dispose();
          }
        }),
        { numRuns: options.historyRuns },
      );
    });

    it.each(['batch byte', 'chunk byte', 'lost batch', 'lost chunk'] as const)(
      'refuses to load after damage: %s',
      async (what) => {
        const here = place();
        const store = await here.start({ limits: { ...tinyLimits, snapshotAfterBytes: 2000 } });
        for (let i = 0; i < 60; i++) await store.update('test', (tx) => tx.items.put(item(`i${i}`)));
        await store.close();
        here.damage(what);
        const error = await here.start().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(Fault);
        expect(error).toMatchObject({ code: 'StoreDamaged', message: expect.stringMatching(/batch|chunk/) });
      },
    );

    it('migrates what an older version wrote, once', async () => {
      const here = place();
      const old = await here.start({ migrations: [] });
      await old.update('test', (tx) => {
        tx.items.put(item('a', { text: 'alpha' }));
        tx.items.put(item('b', { owner: 'x' }));
        tx.notes.put({ name: 'n', about: 'a' });
      });
      await old.update('test', (tx) => tx.items.put(item('b', { owner: 'y', text: 'beta' })));
      await old.close();

      const migrated = await here.start({ migrations: [shout] });
      expect([...migrated.view.items.all()].map(({ text }) => text)).toEqual(['ALPHA', 'BETA']);
      expect(migrated.view.notes.size).toBe(0);
      expect(migrated.revision).toBe(2);
      await migrated.update('test', (tx) => tx.items.put(item('c', { text: 'c stays' })));
      await migrated.close();

      const again = await here.start({ migrations: [shout] });
      expect([...again.view.items.all()].map(({ text }) => text)).toEqual(['ALPHA', 'BETA', 'c stays']);
      await again.close();
      await expect(here.start({ migrations: [] })).rejects.toMatchObject({
        code: 'StoreTooNew',
        message: expect.stringContaining('version 2'),
      });
      expect((await here.start({ migrations: [shout] })).view.items.size).toBe(3);
    });
  });
}

/** Changes every record of one table and drops another table. */
const shout: Migration = {
  to: 2,
  summary: 'texts in capitals; no notes',
  migrate(tables) {
    const items = tables.get('items') ?? new Map();
    for (const [key, { record, created }] of items) {
      const { text } = record as { readonly text?: string };
      items.set(key, { created, key, record: { ...record, text: text?.toUpperCase() } });
    }
    tables.delete('notes');
  },
};

const key = fc.integer({ min: 0, max: 11 }).map((n) => `k${n}`);
const change = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('put' as const), key, count: fc.nat(9), owner: fc.option(key) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('renew' as const), key, count: fc.nat(9) }) },
);
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ type: fc.constant('update' as const), changes: fc.array(change, { maxLength: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('wait' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart' as const) }) },
);
type HistoryStep = typeof step extends fc.Arbitrary<infer T> ? T : never;
type HistoryChange = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Runs a history, sometimes without waiting for the disk, restarting in between; every restart gives the same state. */
async function checkHistory(here: BackendPlace, steps: readonly HistoryStep[]): Promise<void> {
  let store = await openItems(here.journal(), { limits: tinyLimits });
  let last: Promise<unknown> = Promise.resolve();
  try {
    for (const each of [...steps, { type: 'restart' } as const]) {
      if (each.type === 'update') {
        last = store.update('test', (tx) => {
          for (const one of each.changes) applyChange(tx, one);
        });
      } else if (each.type === 'wait') {
        await last;
      } else {
        await last;
        const before = contentsOf(store);
        await store.close();
        store = await openItems(here.journal(), { limits: tinyLimits });
        expect(contentsOf(store)).toEqual(before);
      }
    }
  } finally {
    await store.close();
  }
}

function applyChange(tx: Parameters<Parameters<ItemStore['update']>[1]>[0], one: HistoryChange): void {
  if (one.kind === 'delete') {
    tx.items.delete(one.key);
    return;
  }
  const owner = one.kind === 'put' && one.owner !== null ? { owner: one.owner } : {};
  if (one.kind === 'renew') tx.items.delete(one.key);
  tx.items.put(item(one.key, { count: one.count, labels: [`l${one.count}`], ...owner }));
}
