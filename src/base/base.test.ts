import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterMs,
  backoffMs,
  earliest,
  elapsedMs,
  Ids,
  instantFromMs,
  integerBelow,
  KeyQueue,
  ManualClock,
  rfc3339,
  SeededRandom,
  sleep,
} from '#base';

describe('rfc3339', () => {
  it('agrees with the built-in calendar', () => {
    const seconds = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });
    fc.assert(
      fc.property(seconds, (second) => {
        const built = new Date(second * 1000).toISOString().replace('.000Z', 'Z');
        expect(rfc3339(instantFromMs(second * 1000))).toBe(built);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('instants', () => {
  it('carry milliseconds without drift', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: -1e9, max: 1e9 }), (ms, delta) => {
        const start = instantFromMs(ms);
        expect(elapsedMs(start, afterMs(start, delta))).toBe(delta);
      }),
    );
    expect(earliest(undefined, instantFromMs(5), instantFromMs(3))).toBe(0.003);
    expect(earliest()).toBeUndefined();
  });
});

describe('a manual clock', () => {
  it('fires timers in order of their instant, with now standing there', () => {
    const clock = new ManualClock(instantFromMs(1000));
    const fired: [string, number][] = [];
    clock.setTimer(30, () => fired.push(['c', clock.now()]));
    clock.setTimer(10, () => {
      fired.push(['a', clock.now()]);
      clock.setTimer(5, () => fired.push(['b', clock.now()]));
    });
    clock.setTimer(20, () => fired.push(['never', 0])).cancel();
    clock.advanceMs(100);
    expect(fired).toEqual([
      ['a', 1.01],
      ['b', 1.015],
      ['c', 1.03],
    ]);
    expect(clock.now()).toBe(1.1);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('fires what a sorted list would, whatever is set and cancelled', () => {
    const step = fc.record({ delayMs: fc.nat(500), cancels: fc.nat(300) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 100, maxLength: 400, size: 'max' }), (steps) => {
        const clock = new ManualClock(instantFromMs(0));
        const fired: number[] = [];
        const timers = steps.map(({ delayMs }, index) => clock.setTimer(delayMs, () => fired.push(index)));
        const cancelled = new Set(steps.map(({ cancels }) => cancels));
        for (const index of cancelled) timers[index]?.cancel();
        const left = [...steps.keys()].filter((index) => !cancelled.has(index));
        while (clock.fireNext()) if (fired.length === 3) timers[fired[0] ?? 0]?.cancel();
        expect(fired).toEqual(left.sort((a, b) => (steps[a]?.delayMs ?? 0) - (steps[b]?.delayMs ?? 0)));
      }),
    );
  });

  it('lets a sleep be aborted', async () => {
    const clock = new ManualClock(instantFromMs(0));
    const abort = new AbortController();
    const waiting = sleep(clock, 1000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(clock.nextTimerAt()).toBeUndefined();
    await expect(sleep(clock, 1, abort.signal)).rejects.toThrow('enough');
  });
});

describe('seeded randomness', () => {
  it('is the same for the same seed and stays below its bound', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, () => new SeededRandom(seed).uint32());
    expect(draw(42)).toEqual(draw(42));
    expect(new SeededRandom(1).uint32()).not.toBe(new SeededRandom(2).uint32());
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (seed, bound) => {
        const value = integerBelow(new SeededRandom(seed), bound);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(bound);
      }),
    );
  });

  it('makes ids in AWS’s forms', () => {
    const ids = new Ids(new SeededRandom(3));
    expect(ids.hex(32)).toMatch(/^[0-9a-f]{32}$/);
    expect(ids.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids.digits(19)).toMatch(/^[1-9]\d{18}$/);
  });
});

describe('back-off', () => {
  it('grows to its cap and jitters only upwards', () => {
    const options = { firstMs: 100, maxMs: 1000, factor: [2, 1], jitterPercent: 10 } as const;
    const delays = [0, 1, 2, 3, 4, 50].map((attempt) => backoffMs(options, attempt, new SeededRandom(attempt)));
    [100, 200, 400, 800, 1000, 1000].forEach((base, index) => {
      expect(delays[index]).toBeGreaterThanOrEqual(base);
      expect(delays[index]).toBeLessThanOrEqual(base * 1.1);
    });
  });
});

describe('a key queue', () => {
  it('never works on a key twice at once, and runs it again when it was added meanwhile', async () => {
    const clock = new ManualClock(instantFromMs(0));
    const log: string[] = [];
    let release = (): void => {};
    const queue = new KeyQueue({
      clock,
      lanes: 2,
      work: async (key) => {
        log.push(`start ${key}`);
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        log.push(`end ${key}`);
      },
    });
    queue.add('a');
    queue.add('a');
    queue.add('a');
    expect(log).toEqual(['start a']);
    release();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(log).toEqual(['start a', 'end a', 'start a']);
    release();
    await queue.close();
    expect(log).toEqual(['start a', 'end a', 'start a', 'end a']);
  });

  it('leaves a key alone for as long as its work asks, and then looks once at what came meanwhile', async () => {
    const clock = new ManualClock(instantFromMs(0));
    const ran: string[] = [];
    const queue = new KeyQueue({
      clock,
      lanes: 1,
      work: async (key) => {
        ran.push(`${key} at ${clock.now()}`);
        return key === 'large' ? 3_000 : 0;
      },
    });
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    queue.add('large');
    await settled();
    for (const key of ['large', 'small', 'large', 'small']) queue.add(key);
    await settled();
    clock.advanceMs(2_000);
    await settled();
    expect(ran).toEqual(['large at 0', 'small at 0', 'small at 0']);
    clock.advanceMs(2_000);
    await settled();
    expect(ran.slice(3)).toEqual(['large at 3']);
    await queue.close();
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('waits for the earliest instant asked for', async () => {
    const clock = new ManualClock(instantFromMs(0));
    const ran: number[] = [];
    const queue = new KeyQueue({ clock, lanes: 1, work: async () => void ran.push(clock.now()) });
    queue.addAt('a', instantFromMs(5000));
    queue.addAt('a', instantFromMs(2000));
    queue.addAt('a', instantFromMs(9000));
    clock.advanceMs(10_000);
    await queue.close();
    expect(ran).toEqual([2]);
  });
});
