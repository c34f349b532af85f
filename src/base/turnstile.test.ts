import { describe, expect, it } from 'vitest';
import { ManualClock } from './clock.ts';
import { instantFromMs } from './time.ts';
import { type Line, Turnstile } from './turnstile.ts';

const startedAt = instantFromMs(1_800_000_000_000);
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock whose turns are given one by one, and in which every piece of work takes 1 ms. */
class TurnClock extends ManualClock {
  workMs = 0;
  readonly turns: (() => void)[] = [];

  override monotonicMs(): number {
    return this.workMs;
  }

  override setTimer(_: number, fire: () => void) {
    this.turns.push(fire);
    return { cancel: () => {} };
  }
}

async function turnsOf(clock: TurnClock, turnstile: Turnstile, pieces: number) {
  const done: number[] = [];
  const perTurn: number[] = [];
  for (let piece = 0; piece < pieces; piece++) {
    void turnstile.pass('callers').then(() => {
      clock.workMs++;
      done.push(piece);
    });
    await Promise.resolve();
  }
  for (;;) {
    await settled();
    perTurn.push(done.length);
    const next = clock.turns.shift();
    if (next === undefined) return { done, perTurn };
    next();
  }
}

async function allTurnsOf(clock: TurnClock): Promise<void> {
  for (let turn = clock.turns.shift(); turn !== undefined; turn = clock.turns.shift()) {
    turn();
    await settled();
  }
}

describe('a turnstile', () => {
  it('lets work begin until the turn is used up, the rest in later turns, in order', async () => {
    const clock = new TurnClock(startedAt);
    const { done, perTurn } = await turnsOf(clock, new Turnstile({ turnMs: 2 }, { clock }), 5);
    expect(done).toEqual([0, 1, 2, 3, 4]);
    expect(perTurn).toEqual([2, 4, 5, 5]);
  });

  it('holds nobody up in a turn that is young', async () => {
    const clock = new TurnClock(startedAt);
    const { perTurn } = await turnsOf(clock, new Turnstile({ turnMs: 100 }, { clock }), 50);
    expect(perTurn).toEqual([50, 50]);
  });

  it('lets the lines take turns: many of one do not hold up the other', async () => {
    const clock = new TurnClock(startedAt);
    const turnstile = new Turnstile({ turnMs: 1 }, { clock });
    const done: string[] = [];
    const enter = (line: Line): void => {
      void turnstile.pass(line).then(() => {
        clock.workMs++;
        done.push(line);
      });
    };
    for (let i = 0; i < 5; i++) {
      enter('upkeep');
      await Promise.resolve();
    }
    enter('callers');
    enter('callers');
    await allTurnsOf(clock);
    // The first one found a young turn.
    expect(done).toEqual(['upkeep', 'callers', 'upkeep', 'callers', 'upkeep', 'upkeep', 'upkeep']);
  });

  it('lets who works piece by piece go on before all who wait', async () => {
    const clock = new TurnClock(startedAt);
    const turnstile = new Turnstile({ turnMs: 2 }, { clock });
    const done: string[] = [];
    const piece = (who: string): void => {
      clock.workMs++;
      done.push(who);
    };
    for (let i = 0; i < 6; i++) {
      void turnstile.pass('callers').then(() => piece(`waits ${i}`));
      await Promise.resolve();
    }
    void (async () => {
      for (let i = 0; i < 3; i++) {
        await turnstile.passFirst();
        piece('first');
      }
    })();
    await allTurnsOf(clock);
    expect(done).toHaveLength(9);
    expect(done.slice(2, 5)).toEqual(['first', 'first', 'first']);
  });

  it('once open holds nobody', async () => {
    const clock = new TurnClock(startedAt);
    const turnstile = new Turnstile({ turnMs: 0 }, { clock });
    const passes = [1, 2, 3].map(() => turnstile.pass('callers'));
    turnstile.open();
    await Promise.all([...passes, turnstile.pass('callers'), turnstile.pass('callers')]);
  });
});
