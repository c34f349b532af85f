import { describe, expect, it } from 'vitest';
import { afterMs, instantFromMs, ManualClock, silentLogger } from '#base';
import { MemoryLogDisk } from './disk/memory-disk.ts';
import type { LogLimits } from './limits.ts';
import { LogStore } from './log-store.ts';
import { allPages, group, told } from './test-support/model.ts';

const dayMs = 86_400_000;
const start = instantFromMs(100 * dayMs);

function world(limits: Partial<LogLimits> = {}) {
  const disk = new MemoryLogDisk();
  const clock = new ManualClock(start);
  const open = (): LogStore => new LogStore({ disk, clock, logger: silentLogger, limits });
  return { disk, clock, open, store: open() };
}

const event = (timestampMs: number, message = 'm') => ({ timestampMs, message });
const full = { error: Object.assign(new Error('no space left'), { code: 'ENOSPC' }), bytes: 20 };

describe('groups and streams', () => {
  it('are apart: the same name in two groups is two streams', async () => {
    const { store } = world();
    const other = 'f'.repeat(32);
    expect(await store.createStream(group, 's')).toBe(true);
    expect(await store.createStream(other, 's')).toBe(true);
    await store.append(group, 's', [event(1, 'mine')]);
    const { events } = await store.search(other, { fromMs: 0, toMs: 9, direction: 'forward', limit: 10 });
    expect(events).toEqual([]);
  });

  it('one of two who make the same stream at once is told that it exists', async () => {
    const { store } = world();
    const made = await Promise.all([store.createStream(group, 's'), store.createStream(group, 's')]);
    expect(made).toEqual([true, false]);
  });

  it('a stream that is made again has none of the old events', async () => {
    const { store, open } = world();
    await store.createStream(group, 's');
    await store.append(group, 's', [event(1)]);
    expect(await store.deleteStream(group, 's')).toBe(true);
    expect(await store.deleteStream(group, 's')).toBe(false);
    expect(await store.append(group, 's', [event(2)])).toEqual({ ok: false });
    await store.createStream(group, 's');
    expect((await allPages(store, {})).events).toEqual([]);
    expect((await allPages(open(), {})).events).toEqual([]);
  });

  it('a dropped group leaves no file', async () => {
    const { store, disk } = world();
    await store.createStream(group, 's');
    await store.append(group, 's', [event(1)]);
    await store.drop(group);
    expect([...disk.files.keys()]).toEqual([]);
    expect(await store.findStream(group, 's')).toBeUndefined();
  });

  it('what is of no group is removed at a start', async () => {
    const { store, disk } = world();
    await store.createStream(group, 's');
    await store.createStream('e'.repeat(32), 's');
    await store.dropOthers(new Set([group]));
    expect([...disk.files.keys()].every((path) => path.startsWith(group))).toBe(true);
  });
});

describe('the disk', () => {
  it('callers of the same moment share a flush', async () => {
    const { store, disk } = world();
    await store.createStream(group, 's');
    const changes: string[] = [];
    disk.onChange = ({ path }) => {
      changes.push(path);
      return undefined;
    };
    await Promise.all(Array.from({ length: 50 }, (_, index) => store.append(group, 's', [event(index)])));
    expect(changes).toHaveLength(1);
  });

  it('a full one is said, nothing of it is shown, and the next append is taken again', async () => {
    const { store, disk, open } = world();
    await store.createStream(group, 's');
    await store.append(group, 's', [event(1, 'before')]);
    disk.onChange = () => full;
    await expect(store.append(group, 's', [event(2, 'refused')])).rejects.toMatchObject({ code: 'LogsFull' });
    await expect(store.createStream(group, 't')).rejects.toMatchObject({ code: 'LogsFull', retryable: true });
    disk.onChange = undefined;
    expect((await allPages(store, {})).events.map(told)).toEqual(['s 1 before']);
    await store.append(group, 's', [event(3, 'after')]);
    for (const each of [store, open()]) {
      expect((await allPages(each, {})).events.map(told)).toEqual(['s 1 before', 's 3 after']);
    }
  });

  it('a damaged batch is left out and the rest is there', async () => {
    const { store, disk } = world();
    await store.createStream(group, 's');
    for (const message of ['one', 'two', 'three']) await store.append(group, 's', [event(1, message)]);
    const [path = ''] = [...disk.files.keys()].filter((each) => each.endsWith('.log'));
    const bytes = disk.files.get(path) ?? Buffer.alloc(0);
    bytes.write('X', bytes.indexOf('two'));
    expect((await allPages(store, {})).events.map(({ message }) => message)).toEqual(['one', 'three']);
  });

  it('a catalogue with a damaged line loses that stream alone, and no segment', async () => {
    const { store, disk, open } = world({ segmentBytes: 150 });
    for (const name of ['a', 'b', 'c']) await store.createStream(group, name);
    for (const name of ['a', 'b', 'c']) await store.append(group, name, [event(1, name.repeat(150))]);
    await store[Symbol.asyncDispose]();
    const path = `${group}/catalogue`;
    const bytes = disk.files.get(path) ?? Buffer.alloc(0);
    expect(bytes.toString()).toContain('"segment"');
    for (const text of ['"name":"b"', '"segment"']) bytes.write('X', bytes.indexOf(text) + 1);
    const after = open();
    expect((await allPages(after, {})).events.map(({ streamName }) => streamName)).toEqual(['a', 'c']);
    await after.createStream(group, 'd');
    expect((await allPages(open(), {})).events.map(({ streamName }) => streamName)).toEqual(['a', 'c']);
  });

  it('more than may wait for it is refused, and what waits is not lost', async () => {
    const { store } = world({ waitingBytes: 200 });
    await store.createStream(group, 's');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => store.append(group, 's', [event(index, 'x'.repeat(40))])),
    );
    const refused = outcomes.filter((each) => each.status === 'rejected');
    expect(refused.length).toBe(7);
    expect(refused[0]?.reason).toMatchObject({ code: 'LogsBusy' });
    expect((await allPages(store, {})).events).toHaveLength(3);
  });
});

describe('expiry', () => {
  it('removes whole segments, closed ones and the open one, and keeps what is young', async () => {
    const { store, disk, clock } = world({ segmentBytes: 150 });
    await store.createStream(group, 's');
    for (let day = 90; day < 100; day++) await store.append(group, 's', [event(day * dayMs, 'x'.repeat(150))]);
    const files = (): number => [...disk.files.keys()].filter((path) => path.endsWith('.log')).length;
    expect(files()).toBe(10);
    await store.expire(group, 97 * dayMs);
    expect(files()).toBe(3);
    expect((await allPages(store, {})).events.map(({ timestampMs }) => timestampMs / dayMs)).toEqual([97, 98, 99]);
    clock.advanceTo(afterMs(start, 10 * dayMs));
    await store.expire(group, 109 * dayMs);
    expect(files()).toBe(0);
    expect(await store.storedBytes(group)).toBe(0);
    expect(await store.findStream(group, 's')).toMatchObject({ lastEventMs: 99 * dayMs });
  });

  it('closes an open segment that is a day old, so that its events can go', async () => {
    const { store, disk, clock } = world();
    await store.createStream(group, 's');
    await store.append(group, 's', [event(100 * dayMs, 'old')]);
    clock.advanceTo(afterMs(start, 2 * dayMs));
    await store.expire(group, 95 * dayMs);
    await store.append(group, 's', [event(102 * dayMs, 'young')]);
    await store.expire(group, 101 * dayMs);
    expect([...disk.files.keys()].filter((path) => path.endsWith('.log'))).toHaveLength(1);
    expect((await allPages(store, {})).events.map(({ message }) => message)).toEqual(['young']);
  });

  it('forgets a stream after more than a year of silence', async () => {
    const { store, clock } = world();
    await store.createStream(group, 's');
    clock.advanceTo(afterMs(start, 399 * dayMs));
    await store.expire(group, 498 * dayMs);
    expect(await store.findStream(group, 's')).toBeDefined();
    clock.advanceTo(afterMs(start, 401 * dayMs));
    await store.expire(group, 500 * dayMs);
    expect(await store.findStream(group, 's')).toBeUndefined();
  });
});

it('a group that is put away is there again when it is asked for', async () => {
  const { store, clock } = world();
  await store.createStream(group, 's');
  await store.append(group, 's', [event(1)]);
  clock.advanceTo(afterMs(start, 2 * 3_600_000));
  await store.putAway();
  expect((await allPages(store, {})).events).toHaveLength(1);
  expect(await store.storedBytes(group)).toBeGreaterThan(0);
});
