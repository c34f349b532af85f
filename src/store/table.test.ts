import { describe, expect, it } from 'vitest';
import { MemoryJournal } from './backends/memory.ts';
import { type Item, type ItemStore, item, openItems } from './test-support/items.ts';
import type { Cursor } from './types.ts';

async function storeWith(...items: readonly Item[]): Promise<ItemStore> {
  const store = await openItems(new MemoryJournal());
  await store.update('test', (tx) => {
    for (const each of items) tx.items.put(each);
  });
  return store;
}

function ids(records: Iterable<Item>): readonly string[] {
  return [...records].map(({ id }) => id);
}

describe('a table', () => {
  it('iterates in order of creation, which no update changes', async () => {
    const store = await storeWith(item('c'), item('a'), item('b'));
    await store.update('test', (tx) => tx.items.put(item('c', { count: 5 })));
    expect(ids(store.view.items.all())).toEqual(['c', 'a', 'b']);
    expect(store.view.items.get('c').count).toBe(5);
  });

  it('places a record anew when it is deleted and put again', async () => {
    const store = await storeWith(item('a'), item('b'));
    await store.update('test', (tx) => {
      tx.items.delete('a');
      tx.items.put(item('a'));
    });
    expect(ids(store.view.items.all())).toEqual(['b', 'a']);
  });

  it('follows indexes with no, one and several values', async () => {
    const store = await storeWith(
      item('a', { owner: 'x', labels: ['red', 'blue'] }),
      item('b', { labels: ['red', 'red'] }),
      item('c', { owner: 'x' }),
    );
    const { items } = store.view;
    expect(ids(items.by('owner', 'x'))).toEqual(['a', 'c']);
    expect(ids(items.by('label', 'red'))).toEqual(['a', 'b']);
    expect([...items.values('label')].toSorted()).toEqual(['blue', 'red']);
    await store.update('test', (tx) => {
      tx.items.put(item('b', { owner: 'x', labels: ['blue'] }));
      tx.items.put(item('c', {}));
    });
    expect(ids(items.by('owner', 'x'))).toEqual(['a', 'b']);
    expect(items.count('label', 'red')).toBe(1);
    expect(ids(items.by('label', 'blue'))).toEqual(['a', 'b']);
    await store.update('test', (tx) => tx.items.put(item('a', { labels: ['green', 'red'] })));
    expect(ids(items.by('label', 'red'))).toEqual(['a']);
    expect(ids(items.by('label', 'blue'))).toEqual(['b']);
    await store.update('test', (tx) => tx.items.delete('a'));
    expect([...items.values('label')]).toEqual(['blue']);
    expect(items.has('a')).toBe(false);
  });

  it('gives the newest of an index, which is the one created last', async () => {
    const store = await storeWith(item('a', { owner: 'x' }), item('b'), item('c', { owner: 'x' }));
    const { items } = store.view;
    expect(items.newest('owner', 'x')?.id).toBe('c');
    await store.update('test', (tx) => {
      tx.items.put(item('b', { owner: 'x' }));
      tx.items.put(item('a', { owner: 'x', labels: ['red'] }));
    });
    expect(items.newest('owner', 'x')?.id).toBe('c');
    await store.update('test', (tx) => tx.items.delete('c'));
    expect(items.newest('owner', 'x')?.id).toBe('b');
    expect(items.newest('owner', 'nobody')).toBeUndefined();
  });

  it('may be written while it is walked', async () => {
    const store = await storeWith(item('a', { owner: 'x' }), item('b', { owner: 'x' }), item('c', { owner: 'x' }));
    await store.update('test', (tx) => {
      for (const each of tx.items.by('owner', 'x')) {
        tx.items.put(item(`${each.id}-new`, { owner: 'x' }));
        tx.items.put({ ...each, owner: 'y' });
      }
    });
    expect(ids(store.view.items.by('owner', 'y'))).toEqual(['a', 'b', 'c']);
    expect(ids(store.view.items.by('owner', 'x'))).toEqual(['a-new', 'b-new', 'c-new']);
  });

  it('names what is missing', async () => {
    const store = await storeWith();
    expect(() => store.view.items.get('nope')).toThrow('no record nope in items');
    expect(() => store.view.items.count('bogus' as 'owner', 'x')).toThrow('no index bogus');
  });
});

describe('a page', () => {
  it('ends without a next one exactly at the last record', async () => {
    const store = await storeWith(...['a', 'b', 'c', 'd'].map((id) => item(id, { owner: 'x' })));
    const first = store.view.items.page('owner', 'x', { limit: 2 });
    expect(ids(first.records)).toEqual(['a', 'b']);
    const second = store.view.items.page('owner', 'x', { limit: 2, after: first.next });
    expect(ids(second.records)).toEqual(['c', 'd']);
    expect(second).not.toHaveProperty('next');
    const even = store.view.items.page('owner', 'x', { limit: 1, filter: ({ id }) => id === 'b' });
    expect(ids(even.records)).toEqual(['b']);
    expect(even).not.toHaveProperty('next');
  });

  it('shows every record that stays exactly once, whatever comes and goes in between', async () => {
    const store = await storeWith(...Array.from({ length: 50 }, (_, i) => item(`i${i}`, { owner: 'x' })));
    const seen: string[] = [];
    let after: Cursor | undefined;
    for (let round = 0; ; round++) {
      const page = store.view.items.page('owner', 'x', { limit: 7, after });
      seen.push(...ids(page.records));
      if (page.next === undefined) break;
      after = page.next;
      await store.update('test', (tx) => {
        tx.items.delete(seen.at(-1)!);
        tx.items.delete(`i${49 - round}`);
        tx.items.put(item(`new${round}`, { owner: 'x' }));
      });
    }
    expect(new Set(seen).size).toBe(seen.length);
    for (let i = 0; i < 40; i++) expect(seen).toContain(`i${i}`);
  });
});
