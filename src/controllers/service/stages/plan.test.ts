import { expect, test } from 'vitest';
import type { OlderCounts, PrimaryCounts } from '../rollout.ts';
import type { Release } from './follow.ts';
import { planRelease } from './plan.ts';

const held = { healthy: 0, starting: 0, draining: 0 };
const primary: PrimaryCounts = {
  healthy: 6,
  starting: 0,
  unhealthy: 1,
  draining: 0,
  held,
  asked: 7,
  launches: true,
  waits: false,
  unplaced: false,
};
const older: OlderCounts = {
  healthy: 3,
  starting: 0,
  unhealthy: 1,
  draining: 0,
  held,
  asked: 7,
  completed: true,
  waits: false,
};
const release = {
  record: { stage: { lifecycleStage: 'CLEAN_UP' } },
  direction: 'forward',
  overdue: false,
} as Release;

test.each([
  ['none above the maximum, whatever goes', 7, 0],
  ['as many as there is room for', 8, 1],
])('in CLEAN_UP the newest deployment starts %s', (_, upper, start) => {
  const plan = planRelease({ desired: 7, lower: 0, upper, primary, older: [older] }, release, ['source']);
  expect(plan.older[0]?.stop).toMatchObject({ healthy: 3, unhealthy: 1 });
  const { stop } = plan.primary;
  expect(plan.primary.start - stop.unhealthy).toBe(start);
});
