import { describe, expect, it } from 'vitest';
import { MemoryDisk, MemoryJournal } from './backends/memory.ts';
import { faultCode, type ItemSchema, type ItemStore, item, openItems } from './test-support/items.ts';
import type { WatchEvent } from './types.ts';

function put(store: ItemStore, id: string): Promise<void> {
  return store.update('test', (tx) => tx.items.put(item(id)));
}

async function take(events: AsyncIterable<WatchEvent<ItemSchema>>, count: number): Promise<string[]> {
  const seen: string[] = [];
  const iterator = events[Symbol.asyncIterator]();
  while (seen.length < count) {
    const next = await iterator.next();
    if (next.done === true) break;
    seen.push(describeEvent(next.value));
  }
  return seen;
}

function describeEvent(event: WatchEvent<ItemSchema>): string {
  if (event.type === 'resync') return `resync ${event.revision}`;
  return `${event.commit.revision} ${event.commit.changes.map(({ key }) => key).join(' ')}`;
}

describe('watch', () => {
  it('yields commits from the call on, in order, each once durable', async () => {
    const disk = new MemoryDisk();
    const store = await openItems(new MemoryJournal(disk));
    await put(store, 'before');
    const stop = new AbortController();
    const events = store.watch(stop.signal);
    disk.holdAppends();
    const pending = [put(store, 'a'), put(store, 'b')];
    let early = true;
    const first = take(events, 1).finally(() => {
      early = false;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(early).toBe(true);
    disk.releaseAppends();
    await Promise.all(pending);
    expect(await first).toEqual(['2 a']);
    expect(await take(events, 1)).toEqual(['3 b']);
    stop.abort();
    expect(await take(events, 1)).toEqual([]);
  });

  it('shows one change per record, from before the transaction to after it, and who made it', async () => {
    const store = await openItems(new MemoryJournal());
    await put(store, 'a');
    const stop = new AbortController();
    const iterator = store.watch(stop.signal)[Symbol.asyncIterator]();
    await store.update('someone', (tx) => {
      tx.items.put(item('a', { count: 1 }));
      tx.items.put(item('a', { count: 2 }));
      tx.items.put(item('b'));
      tx.items.put(item('gone'));
      tx.items.delete('gone');
    });
    expect((await iterator.next()).value).toMatchObject({
      type: 'commit',
      commit: {
        revision: 2,
        writer: 'someone',
        changes: [
          { table: 'items', key: 'a', before: { count: 0 }, after: { count: 2 } },
          { table: 'items', key: 'b', before: undefined, after: { count: 0 } },
        ],
      },
    });
    stop.abort();
  });

  it('resumes after a revision it still remembers, and says resync for an older or an unknown one', async () => {
    const store = await openItems(new MemoryJournal(), { historyLimit: 3 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) await put(store, id);
    const { signal } = new AbortController();
    expect(await take(store.watch(signal, 2), 3)).toEqual(['3 c', '4 d', '5 e']);
    expect(await take(store.watch(signal, 1), 1)).toEqual(['resync 5']);
    expect(await take(store.watch(signal, 99), 1)).toEqual(['resync 5']);
  });

  it('says resync once to a watcher that fell behind, and goes on from there', async () => {
    const store = await openItems(new MemoryJournal(), { historyLimit: 3 });
    const stop = new AbortController();
    const events = store.watch(stop.signal);
    for (const id of ['a', 'b', 'c', 'd', 'e']) await put(store, id);
    expect(await take(events, 1)).toEqual(['resync 5']);
    await put(store, 'f');
    expect(await take(events, 1)).toEqual(['6 f']);
    stop.abort();
  });

  it('remembers what a watcher has yet to see, and little of what all have seen', async () => {
    const store = await openItems(new MemoryJournal(), { limits: { historyCommits: 100, resumeCommits: 2 } });
    const stop = new AbortController();
    const behind = store.watch(stop.signal);
    for (const id of ['a', 'b', 'c', 'd', 'e']) await put(store, id);
    expect(await take(behind, 5)).toEqual(['1 a', '2 b', '3 c', '4 d', '5 e']);
    await put(store, 'f');
    expect(await take(store.watch(stop.signal, 4), 2)).toEqual(['5 e', '6 f']);
    expect(await take(store.watch(stop.signal, 3), 1)).toEqual(['resync 6']);
    stop.abort();
  });

  it('bounds what it remembers by changes too', async () => {
    const store = await openItems(new MemoryJournal(), { limits: { historyChanges: 10 } });
    for (const id of ['a', 'b', 'c']) {
      await store.update('test', (tx) => {
        for (let i = 0; i < 5; i++) tx.items.put(item(`${id}${i}`));
      });
    }
    const { signal } = new AbortController();
    expect(await take(store.watch(signal, 0), 1)).toEqual(['resync 3']);
    expect((await take(store.watch(signal, 1), 2)).map((text) => text.slice(0, 4))).toEqual(['2 b0', '3 c0']);
  });

  it('never shows what the journal refused', async () => {
    const disk = new MemoryDisk();
    const store = await openItems(new MemoryJournal(disk));
    const stop = new AbortController();
    const events = store.watch(stop.signal);
    disk.failNextAppend('full');
    const refused = put(store, 'refused');
    const ahead = store.watch(stop.signal, store.revision);
    expect(await faultCode(refused)).toBe('StoreFull');
    await put(store, 'kept');
    expect(await take(events, 1)).toEqual(['1 kept']);
    /** It resumed from a revision that was taken back and now means something else. */
    expect(await take(ahead, 1)).toEqual(['resync 1']);
    stop.abort();
  });

  it('ends when it is aborted while waiting, when it is left, and when the store closes', async () => {
    const store = await openItems(new MemoryJournal());
    const stop = new AbortController();
    const waiting = take(store.watch(stop.signal), 1);
    stop.abort();
    expect(await waiting).toEqual([]);

    const open = new AbortController();
    await put(store, 'a');
    for await (const event of store.watch(open.signal, 0)) {
      expect(describeEvent(event)).toBe('1 a');
      break;
    }
    const untilClosed = take(store.watch(open.signal), 1);
    await store.close();
    expect(await untilClosed).toEqual([]);
  });

  it('resumes over a restart from the last revision, not from before it', async () => {
    const disk = new MemoryDisk();
    const first = await openItems(new MemoryJournal(disk));
    for (const id of ['a', 'b']) await put(first, id);
    await first.close();
    const second = await openItems(new MemoryJournal(disk));
    const { signal } = new AbortController();
    const after = second.watch(signal, 2);
    await put(second, 'c');
    expect(await take(after, 1)).toEqual(['3 c']);
    expect(await take(second.watch(signal, 1), 1)).toEqual(['resync 3']);
  });
});
