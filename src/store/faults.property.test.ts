import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryDisk, MemoryJournal } from './backends/memory.ts';
import { type Item, type ItemStore, item, openItems } from './test-support/items.ts';

/** So small that a snapshot is under way most of the time. */
const limits = { snapshotAfterBytes: 300, snapshotChunkRecords: 2, snapshotChunkLength: 100, batchTransactions: 3 };

const key = fc.integer({ min: 0, max: 9 }).map((n) => `k${n}`);
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant('put' as const), key, count: fc.nat(99), label: key }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('delete' as const), key }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('tick' as const), turns: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('fail' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('hold' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('crash' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A store on a disk that fails and crashes, and beside it what its watchers were told: the durable state. */
class Life {
  readonly #disk = new MemoryDisk();
  #store: ItemStore | undefined;
  #told = new Map<string, Item>();
  #held = false;
  #watching = new AbortController();

  async start(): Promise<void> {
    this.#store = await openItems(new MemoryJournal(this.#disk), { limits });
    this.#watching = new AbortController();
    void this.#listen(this.#store, this.#watching.signal);
  }

  async step(one: Step): Promise<void> {
    switch (one.type) {
      case 'put':
        this.#update(({ items }) => items.put(item(one.key, { count: one.count, labels: [one.label] })));
        break;
      case 'delete':
        this.#update(({ items }) => items.delete(one.key));
        break;
      case 'tick':
        for (let turn = 0; turn < one.turns; turn++) await Promise.resolve();
        break;
      case 'fail':
        this.#disk.failNextAppend('full');
        break;
      case 'hold':
        if (this.#held) this.#disk.releaseAppends();
        else this.#disk.holdAppends();
        this.#held = !this.#held;
        break;
      case 'crash':
        await this.crash();
        break;
    }
  }

  /** Dies and comes back with what its watchers were told, and nothing else. */
  async crash(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#disk.crash();
    this.#watching.abort();
    this.#held = false;
    await this.start();
    const items = [...this.#store!.view.items.all()].map((each) => [each.id, each] as const);
    expect(new Map(items)).toEqual(this.#told);
  }

  #update(change: (tx: Parameters<Parameters<ItemStore['update']>[1]>[0]) => void): void {
    this.#store!.update('test', change).catch((error: unknown) => expect(error).toMatchObject({ code: 'StoreFull' }));
  }

  async #listen(store: ItemStore, signal: AbortSignal): Promise<void> {
    for await (const event of store.watch(signal)) {
      if (event.type !== 'commit') throw new Error('a watcher that keeps up is never told to resync');
      for (const { key, after } of event.commit.changes) {
        if (after === undefined) this.#told.delete(key);
        else this.#told.set(key, after as Item);
      }
    }
  }
}

describe('a disk that fails and crashes', () => {
  it('never shows after a restart what was refused or lost, whatever a snapshot had seen of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 300, size: 'max' }), async (steps) => {
        const life = new Life();
        await life.start();
        for (const one of steps) await life.step(one);
        await life.crash();
      }),
      { numRuns: 300 },
    );
  });
});
