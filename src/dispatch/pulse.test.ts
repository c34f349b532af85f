import { expect, test } from 'vitest';
import { instantFromMs, ManualClock, SeededRandom } from '#base';
import { Pulse } from './pulse.ts';

const options = { everyMs: 2_000, silentMs: 3_000, deadMs: 10_000 };

function world() {
  const clock = new ManualClock(instantFromMs(1_760_000_000_000));
  const state = { there: true, wanted: true, pings: 0, said: [] as (boolean | 'dead')[] };
  const pulse: Pulse = new Pulse(options, {
    clock,
    random: new SeededRandom(1),
    wanted: () => state.wanted,
    ping: () => {
      state.pings += 1;
      if (state.there) clock.setTimer(50, () => pulse.heard());
    },
    onSilent: (silent) => state.said.push(silent),
    onDead: () => state.said.push('dead'),
  });
  pulse.start();
  return { clock, state, pulse };
}

test('who answers is asked again and again, and nothing is said', () => {
  const { clock, state } = world();
  clock.advanceMs(60_000);
  expect(state.pings).toBeGreaterThanOrEqual(29);
  expect(state.said).toEqual([]);
});

test('who answers no more is silent within 3.25 to 5.25 s, and gone after 10', () => {
  const { clock, state } = world();
  clock.advanceMs(20_000);
  state.there = false;
  clock.advanceMs(3_200);
  expect(state.said).toEqual([]);
  clock.advanceMs(2_050);
  expect(state.said).toEqual([true]);
  clock.advanceMs(10_000);
  expect(state.said).toEqual([true, 'dead']);
  const { pings } = state;
  clock.advanceMs(60_000);
  expect(state.pings).toBe(pings);
});

test('who was silent is heard again', () => {
  const { clock, state } = world();
  clock.advanceMs(20_000);
  state.there = false;
  clock.advanceMs(5_250);
  state.there = true;
  clock.advanceMs(4_500);
  expect(state.said).toEqual([true, false]);
  clock.advanceMs(60_000);
  expect(state.said).toEqual([true, false]);
});

test('what came while this process was busy is read before the verdict', () => {
  const { clock, state, pulse } = world();
  clock.advanceMs(20_000);
  state.there = false;
  // Until just before the verdict, which waits for a last look.
  const { pings } = state;
  while (state.pings < pings + 2) clock.advanceMs(10);
  clock.advanceMs(1_100);
  pulse.heard();
  state.there = true;
  clock.advanceMs(20_000);
  expect(state.said).toEqual([]);
});

test('while it is not worth it nobody is asked, and silence means nothing', () => {
  const { clock, state } = world();
  state.wanted = false;
  state.there = false;
  clock.advanceMs(60_000);
  expect(state.pings).toBe(0);
  expect(state.said).toEqual([]);
});
