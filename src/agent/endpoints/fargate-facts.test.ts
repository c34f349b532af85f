import { expect, test } from 'vitest';
import { instantFromMs, ManualClock } from '#base';
import type { EngineTask } from '../task/state.ts';
import { parseTracking } from './clock-drift.ts';
import { FargateFacts } from './fargate-facts.ts';
import { factsKeptMs } from './limits.ts';

const tracking =
  'A29FC87B,162.159.200.123,4,1760000000.5,-0.000012000,0.00001,0.00002,-1.234,0.001,0.05,0.010000000,0.000500000,64.2,';

test('chrony’s answer', () => {
  expect(parseTracking(`${tracking}Normal\n`)).toEqual({
    ClockErrorBound: expect.closeTo(5.512, 6),
    ReferenceTimestamp: '2025-10-09T08:53:20Z',
    ClockSynchronizationStatus: 'SYNCHRONIZED',
  });
  expect(parseTracking(`${tracking}Not synchronised`)?.ClockSynchronizationStatus).toBe('NOT_SYNCHRONIZED');
  expect(parseTracking('506 Cannot talk to daemon')).toBeUndefined();
});

test('a Fargate task’s storage is counted now and then, another’s never', async () => {
  const clock = new ManualClock(instantFromMs(1_760_000_000_000));
  let asked = 0;
  const facts = new FargateFacts({
    runtime: {
      containerSize: async () => {
        asked += 1;
        return 1_500_000;
      },
    },
    readClockDrift: async () => undefined,
    clock,
  });
  const containers = [{ runtimeId: 'pause', internal: true }, { runtimeId: 'c1' }, { runtimeId: 'c2' }, {}];
  const task = (launchType: string): EngineTask =>
    ({ taskArn: launchType, payload: { launchType, ephemeralStorageGiB: 21 }, containers }) as unknown as EngineTask;
  const EphemeralStorageMetrics = { Utilized: 3, Reserved: 21_504 };
  expect(await facts.of(task('EC2'))).toEqual({});
  expect(await facts.of(task('FARGATE'))).toEqual({ EphemeralStorageMetrics });
  clock.advanceMs(factsKeptMs - 1);
  await facts.of(task('FARGATE'));
  expect(asked).toBe(2);
  clock.advanceMs(1);
  await facts.of(task('FARGATE'));
  expect(asked).toBe(4);
});
