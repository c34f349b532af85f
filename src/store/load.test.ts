import { describe, expect, it } from 'vitest';
import { MemoryDisk, MemoryJournal } from './backends/memory.ts';
import { contentsOf, item, openItems } from './test-support/items.ts';
import { bodyOf, type StoredChange, type StoredItem, type StoredRow, type StoredShape } from './text/codec.ts';

interface Stored {
  readonly chunk?: readonly (StoredItem | number)[];
  readonly base?: number;
  readonly until?: number;
  readonly schemaVersion?: number;
  /** One batch, its transactions numbered from `first`. */
  readonly first?: number;
  readonly transactions?: readonly (readonly (StoredChange | StoredShape | StoredRow)[])[];
}

/** A disk with exactly these bytes on it. */
async function diskWith(stored: Stored): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const journal = new MemoryJournal(disk);
  await journal.load();
  const { base = 0, until = base, schemaVersion = 1 } = stored;
  const snapshot = journal.snapshot();
  await snapshot.write(bodyOf((stored.chunk ?? []).map((record) => JSON.stringify(record))));
  await snapshot.commit({ base, until, lastCreated: 0, schemaVersion });
  const first = stored.first ?? base + 1;
  const transactions = stored.transactions ?? [];
  const texts = transactions.map((changes, index) => JSON.stringify([first + index, 'test', changes]));
  if (texts.length > 0) await journal.append({ first, last: first + texts.length - 1, body: bodyOf(texts) });
  await journal.close();
  return disk;
}

async function refusal(stored: Stored): Promise<string> {
  const disk = await diskWith(stored);
  const error = await openItems(new MemoryJournal(disk)).catch((thrown: unknown) => thrown);
  return error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : 'it loaded';
}

function createdItem(id: string, created: number): StoredChange {
  return ['c', 'items', id, created, item(id)];
}

describe('loading', () => {
  it('replays batches over a snapshot that is not of one instant', async () => {
    const disk = await diskWith({
      base: 1,
      until: 4,
      /** `a` as of revision 3; `b`, deleted at 4, not reached in time. */
      chunk: [['items', 'a', 1, item('a', { count: 3 })]],
      transactions: [
        [['u', 'items', 'a', { count: 2 }, []]],
        [
          ['u', 'items', 'a', { count: 3 }, []],
          ['u', 'items', 'b', { count: 9 }, []],
        ],
        [['d', 'items', 'b']],
        [createdItem('c', 5)],
      ],
    });
    const store = await openItems(new MemoryJournal(disk));
    expect(contentsOf(store)).toMatchObject({ revision: 5, items: [item('a', { count: 3 }), item('c')] });
  });

  it('refuses a journal that does not fit together, naming the place', async () => {
    expect(await refusal({ first: 2, transactions: [[]] })).toMatch(
      /^StoreDamaged: .*batch.*revision 2 follows revision 0/,
    );
    expect(await refusal({ until: 5, transactions: [[]] })).toMatch(/^StoreDamaged: .*ends at revision 1.*needs 5/);
    expect(await refusal({ transactions: [[['u', 'items', 'a', {}, []]]] })).toMatch(/^StoreDamaged: .*items a/);
    expect(await refusal({ transactions: [[['d', 'items', 'a']]] })).toMatch(/^StoreDamaged: .*items a/);
    const missing = { until: 1, transactions: [[['u', 'items', 'a', {}, []] as const]] };
    expect(await refusal(missing)).toMatch(/^StoreDamaged: .*items a was updated but is not there/);
  });

  it('refuses records that do not fit the schema', async () => {
    expect(await refusal({ transactions: [[['c', 'bogus', 'k', 1, {}]]] })).toMatch(/^StoreDamaged: .*bogus/);
    expect(await refusal({ transactions: [[['c', 'items', 'k', 1, item('other')]]] })).toMatch(
      /^StoreDamaged: .*k holds/,
    );
    const twice = [createdItem('a', 1), createdItem('b', 1)];
    expect(await refusal({ transactions: [twice] })).toMatch(/^StoreDamaged: .*creation number/);
  });

  it('reads records as what differs from earlier ones, and refuses what fits none', async () => {
    const likeA: StoredItem = ['items', 'b', 2, 0, [{ count: 2 }]];
    const store = await openItems(new MemoryJournal(await diskWith({ chunk: [['items', 'a', 1, item('a')], likeA] })));
    expect([...store.view.items.all()]).toEqual([item('a'), item('b', { count: 2 })]);
    expect(store.view.items.get('b').labels).toBe(store.view.items.get('a').labels);
    expect(await refusal({ chunk: [likeA] })).toMatch(/^StoreDamaged: .*items b is like a record that is not there/);
    const unfit: StoredItem = ['items', 'b', 2, 0, [{}, [], { count: [{ no: 'object' }] }]];
    const nothing = JSON.parse('["items","b",2,0,[null,null]]') as StoredItem;
    expect(await refusal({ chunk: [['items', 'a', 1, item('a')], nothing] })).toMatch(/^StoreDamaged: /);
    expect(await refusal({ chunk: [['items', 'a', 1, item('a')], unfit] })).toMatch(/^StoreDamaged: .*items b/);
  });

  it('reads rows of a shape, and refuses what they refer to when it is not there', async () => {
    const first: StoredItem = ['items', 'a', 1, item('a')];
    const shape: StoredItem = ['items', 0, { id: 1, count: 0 }];
    const store = await openItems(new MemoryJournal(await diskWith({ chunk: [first, shape, [0, 0, 2, 'b', 5]] })));
    expect([...store.view.items.all()]).toEqual([item('a'), item('b', { count: 5 })]);
    expect(store.view.items.get('b').labels).toBe(store.view.items.get('a').labels);
    expect(await refusal({ chunk: [first, shape, [0, 7, 2, 'b', 5]] })).toMatch(/^StoreDamaged: .*b is like a record/);
    expect(await refusal({ chunk: [first, shape, [1, 0, 2, 'b', 5]] })).toMatch(/^StoreDamaged: .*b has a shape that/);
    expect(await refusal({ chunk: [[0, 0, 2, 'b', 5]] })).toMatch(/^StoreDamaged: .*b has a shape that is not there/);
    expect(await refusal({ chunk: [first, shape, [0, 0, 2, 'b']] })).toMatch(/^StoreDamaged: .*items b: 4 elements/);
    expect(await refusal({ chunk: [first, ['items', 1, {}]] })).toMatch(/^StoreDamaged: .*shape 1 is out of order/);
    const unfit: StoredItem = ['items', 0, { count: { inside: 0 } }];
    expect(await refusal({ chunk: [first, unfit, [0, 0, 2, 'b', 5]] })).toMatch(/^StoreDamaged: .*items b: no object/);
    const text: StoredItem = ['items', 0, { id: 1, text: 4 }];
    expect(await refusal({ chunk: [first, text, [0, 0, 2, 'b', 0]] })).toMatch(/^StoreDamaged: .*items b: a text that/);
  });

  it('passes over changes that the snapshot has already, and applies rows to what they were made of', async () => {
    const shape: StoredShape = ['items', 0, { count: 0, labels: [0] }];
    const stored: Stored = {
      base: 1,
      until: 4,
      /** As of revision 3, when `a` had no label any more; `b` was made at 2 and is gone. */
      chunk: [3, ['items', 'a', 3, item('a', { count: 3 })]],
      transactions: [
        [createdItem('b', 2), shape, [0, null, 3, 'a', 2, 'x']],
        [
          ['u', 'items', 'a', { count: 3 }, ['labels']],
          ['d', 'items', 'b'],
        ],
        [['u', 'items', 'a', { labels: ['y'] }, []]],
        [shape, [0, null, 3, 'a', 5, 'z']],
      ],
    };
    const store = await openItems(new MemoryJournal(await diskWith(stored)));
    expect([...store.view.items.all()]).toEqual([item('a', { count: 5, labels: ['z'] })]);
    const unfit = { ...stored, chunk: [1, ...(stored.chunk ?? []).slice(1)] };
    expect(await refusal(unfit)).toMatch(/^StoreDamaged: .*items a: a list of 0/);
    const other: Stored = { transactions: [[createdItem('a', 1)], [shape, [0, null, 2, 'a', 5, 'z']]] };
    expect(await refusal(other)).toMatch(/^StoreDamaged: .*items a is another one/);
    const noShape: Stored = { transactions: [[createdItem('a', 1), [0, 0, 2, 'b', 5]]] };
    expect(await refusal(noShape)).toMatch(/^StoreDamaged: .*b has a shape that is not there/);
  });

  it('takes from a row that it passes over what later rows refer to', async () => {
    const text: StoredShape = ['items', 0, { text: 3 }];
    const known: StoredShape = ['items', 1, { text: 4 }];
    const stored: Stored = {
      base: 1,
      until: 2,
      chunk: [2, ['items', 'a', 1, item('a', { text: 'the first text' })]],
      transactions: [
        [
          text,
          known,
          [0, null, 1, 'a', 'the first text'],
          [0, null, 2, 'gone', 'the second text'],
          ['d', 'items', 'gone'],
          createdItem('b', 3),
          ['items', 2, { id: 1, text: 4 }],
          [2, 0, 4, 'c', 1],
          [1, null, 3, 'b', 0],
        ],
      ],
    };
    const store = await openItems(new MemoryJournal(await diskWith(stored)));
    expect([...store.view.items.all()].map(({ id, text: of }) => [id, of])).toEqual([
      ['a', 'the first text'],
      ['b', 'the first text'],
      ['c', 'the second text'],
    ]);
  });

  it('refuses records of a newer version, and lets go of the journal', async () => {
    expect(await refusal({ schemaVersion: 7 })).toMatch(/^StoreTooNew: .*version 7/);
    const disk = await diskWith({ schemaVersion: 7 });
    await expect(openItems(new MemoryJournal(disk))).rejects.toThrow('version 7');
    await expect(openItems(new MemoryJournal(disk))).rejects.toThrow('version 7');
  });
});
