import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { instantFromMs, ManualClock, silentLogger } from '#base';
import { MemoryLogDisk } from './disk/memory-disk.ts';
import { LogStore } from './log-store.ts';
import { allPages, group, told } from './test-support/model.ts';
import type { StoredLogEvent } from './types.ts';

/** So small that segments are closed, indexes are dropped and searches are cut short all the time. */
const limits = {
  segmentBytes: 600,
  segmentBatches: 6,
  indexCacheBytes: 200,
  readBytes: 128,
  searchBytes: 300,
  pageBytes: 400,
  flushBytes: 300,
};

const streamName = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('append' as const),
      name: streamName,
      atMs: fc.integer({ min: 0, max: 300 }),
      gaps: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 5 }),
      textLength: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('create' as const), name: streamName }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), name: streamName }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('fail' as const), after: fc.nat(4), bytes: fc.nat(200) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('restart' as const), loseIndexes: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('wait' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Kept {
  readonly name: string;
  readonly timestampMs: number;
  readonly sequence: number;
  readonly text: string;
}

/** A store on a disk that fails, and what it acknowledged. */
class Life {
  readonly clock = new ManualClock(instantFromMs(1_000_000));
  disk = new MemoryLogDisk();
  store = this.#open();
  acknowledged: Kept[] = [];
  /** Events whose append failed: they may be there after a restart. */
  readonly uncertain = new Set<string>();
  readonly #streamOf = new Map<string, string>();
  #count = 0;
  #pending: Promise<unknown>[] = [];

  async step(one: Step): Promise<void> {
    switch (one.type) {
      case 'append':
        this.#pending.push(this.#append(one));
        return;
      case 'wait':
        return await this.settle();
      case 'create':
        await this.settle();
        await this.store.createStream(group, one.name).catch(() => undefined);
        return;
      case 'delete': {
        await this.settle();
        const done = await this.store.deleteStream(group, one.name).catch(() => undefined);
        for (const { name, text } of this.acknowledged) if (name === one.name) this.uncertain.add(text);
        if (done !== false) this.acknowledged = this.acknowledged.filter(({ name }) => name !== one.name);
        if (done === true) this.#gone(one.name);
        return;
      }
      case 'fail': {
        let left = one.after;
        this.disk.onChange = () => {
          if (left-- > 0) return undefined;
          this.disk.onChange = undefined;
          return { error: Object.assign(new Error('full'), { code: 'ENOSPC' }), bytes: one.bytes };
        };
        return;
      }
      case 'restart': {
        await this.settle();
        const files = [...this.disk.files].filter(([path]) => !one.loseIndexes || !path.endsWith('.index'));
        this.disk = new MemoryLogDisk(new Map(files));
        this.store = this.#open();
      }
    }
  }

  async settle(): Promise<void> {
    await Promise.all(this.#pending);
    this.#pending = [];
  }

  /** What was deleted is not there, whatever was uncertain before. */
  #gone(name: string): void {
    for (const [text, of] of this.#streamOf) if (of === name) this.uncertain.delete(text);
  }

  async #append({ name, atMs, gaps, textLength }: Extract<Step, { type: 'append' }>): Promise<void> {
    let timestampMs = atMs;
    const events = gaps.map((gapMs) => {
      timestampMs += gapMs;
      return { timestampMs, message: `${++this.#count} ${'x'.repeat(textLength)}` };
    });
    for (const { message } of events) this.#streamOf.set(message, name);
    const outcome = await this.store.append(group, name, events).catch(() => undefined);
    if (outcome === undefined) for (const { message } of events) this.uncertain.add(message);
    if (outcome?.ok !== true) return;
    const first = outcome.nextSequence - events.length;
    const kept = events.map((event, index) => ({ ...event, name, sequence: first + index, text: event.message }));
    this.acknowledged.push(...kept);
  }

  #open(): LogStore {
    return new LogStore({ disk: this.disk, clock: this.clock, logger: silentLogger, limits });
  }
}

function inOrder(events: readonly Kept[]): string[] {
  return [...events]
    .sort((a, b) => a.timestampMs - b.timestampMs || a.sequence - b.sequence)
    .map(({ name, timestampMs, text }) => `${name} ${timestampMs} ${text}`);
}

it('finds exactly what it acknowledged, in order, page by page, whatever the disk does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 0, max: 200 }),
      async (steps, limit, fromMs) => {
        const life = new Life();
        for (const each of ['a', 'b']) await life.store.createStream(group, each);
        for (const one of steps) await life.step(one);
        await life.settle();
        life.disk.onChange = undefined;
        const expected = inOrder(life.acknowledged);
        const certain = (events: readonly StoredLogEvent[]): string[] =>
          events.filter(({ message }) => !life.uncertain.has(message)).map(told);
        const { events } = await allPages(life.store, { limit });
        expect(certain(events)).toEqual(expected);
        const backward = await allPages(life.store, { limit, direction: 'backward' });
        expect(certain(backward.events).toReversed()).toEqual(expected);
        const a = await life.store.findStream(group, 'a');
        const toMs = fromMs + 80;
        const ofA = life.acknowledged.filter(
          ({ name, timestampMs }) => name === 'a' && timestampMs >= fromMs && timestampMs <= toMs,
        );
        const some = { limit, fromMs, toMs, streams: new Set([a?.number ?? -1]) };
        const found = await allPages(life.store, { ...some, matches: (message) => message.includes('1') });
        expect(certain(found.events)).toEqual(inOrder(ofA.filter(({ text }) => text.includes('1'))));
        if (life.uncertain.size > 0) return;
        const last = Math.max(...life.acknowledged.filter(({ name }) => name === 'a').map((each) => each.timestampMs));
        expect(a?.lastEventMs ?? Number.NEGATIVE_INFINITY).toBe(last);
      },
    ),
    { numRuns: Number(process.env['ROADSTEAD_LOG_RUNS'] ?? 300) },
  );
}, 120_000);
