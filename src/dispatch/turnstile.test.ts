import { describe, expect, it } from 'vitest';
import { ManualClock } from '#base';
import { startedAt } from './test-support/records.ts';
import { Turnstile } from './turnstile.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a turnstile', () => {
  it('lets a few through per turn, in order', async () => {
    const turns: (() => void)[] = [];
    const setTimer = (_: number, fire: () => void) => {
      turns.push(fire);
      return { cancel: () => {} };
    };
    const turnstile = new Turnstile({ perTurn: 2 }, { clock: { now: () => startedAt, setTimer } });
    const through: number[] = [];
    for (let i = 0; i < 5; i++) void turnstile.pass().then(() => through.push(i));
    const seen: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      await settled();
      seen.push(through.length);
      turns.shift()?.();
    }
    expect([seen, through]).toEqual([
      [2, 4, 5, 5],
      [0, 1, 2, 3, 4],
    ]);
    expect(turns).toEqual([]);
  });

  it('once open holds nobody', async () => {
    const clock = new ManualClock(startedAt);
    const turnstile = new Turnstile({ perTurn: 1 }, { clock });
    const passes = [1, 2, 3].map(() => turnstile.pass());
    turnstile.open();
    await Promise.all([...passes, turnstile.pass(), turnstile.pass()]);
    expect(clock.nextTimerAt()).toBeUndefined();
  });
});
