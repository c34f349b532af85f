import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { instantFromMs, ManualClock, silentLogger } from '#base';
import type { TargetDocument, TargetGroupDocument } from '#wire/link';
import { HealthChecker } from './checker.ts';

const target = (id: string, draining = false): TargetDocument => ({ id, port: 80, address: id, draining });

function groups(enabled: boolean, ...targets: TargetDocument[]): ReadonlyMap<string, TargetGroupDocument> {
  const healthCheck = { enabled, intervalSeconds: 5, timeoutSeconds: 2 };
  return new Map([['group', { healthCheck, targets } as unknown as TargetGroupDocument]]);
}

test('a target that is not watched yet is told of as new, one that leaves or is not checked not at all', () => {
  const clock = new ManualClock(instantFromMs(1_760_000_000_000));
  const told: string[] = [];
  const checker = new HealthChecker({
    dialer: { dial: () => Promise.reject(new Error('nobody is there')) } as never,
    clock,
    log: silentLogger,
    onChange: ({ id }) => void told.push(id),
    onDoubt: () => {},
  });
  checker.watch(groups(true, target('10.0.0.1')), () => ({ state: 'healthy', passed: 1, failed: 0 }));
  expect(told).toEqual(['10.0.0.1']);
  const now = groups(true, target('10.0.0.1'), target('10.0.0.2'), target('10.0.0.3', true));
  expect(checker.reports(now).map(({ id, state }) => [id, state])).toEqual([
    ['10.0.0.1', 'healthy'],
    ['10.0.0.2', 'initial'],
  ]);
  expect(checker.reports(groups(false, target('10.0.0.1')))).toEqual([]);
  checker.close();
});

test('a suspect that does not answer is in doubt until it does, and its health stays what its checks found', async () => {
  const clock = new ManualClock(instantFromMs(1_760_000_000_000));
  const world = { there: true, doubts: 0 };
  const checker = new HealthChecker({
    dialer: {
      dial: () => ({
        stream: new PassThrough(),
        connected: world.there ? Promise.resolve() : new Promise(() => {}),
      }),
    },
    clock,
    log: silentLogger,
    onChange: () => {},
    onDoubt: () => {
      world.doubts += 1;
    },
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advanceMs(100);
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const healthCheck = { enabled: true, protocol: 'TCP', port: '80', intervalSeconds: 30, timeoutSeconds: 10 };
  const thresholds = { healthyThreshold: 5, unhealthyThreshold: 2 };
  const watch = (suspect: boolean): TargetDocument => {
    const one = { ...target('10.0.0.1'), ...(suspect ? { suspect: true as const } : {}) };
    const group = { healthCheck: { ...healthCheck, ...thresholds }, targets: [one] };
    checker.watch(new Map([['group', group as unknown as TargetGroupDocument]]));
    return one;
  };
  const one = watch(false);
  await pass(1_000);
  expect(checker.healthOf('group', one).state).toBe('healthy');
  // Its host is silent, but it answers.
  watch(true);
  await pass(5_000);
  expect(checker.isDoubted('group', one)).toBe(false);
  world.there = false;
  await pass(2_500);
  expect(checker.isDoubted('group', one)).toBe(true);
  expect(checker.healthOf('group', one).state).toBe('healthy');
  watch(false);
  await pass(3_000);
  expect(checker.isDoubted('group', one)).toBe(true);
  world.there = true;
  await pass(2_500);
  expect(checker.isDoubted('group', one)).toBe(false);
  expect(world.doubts).toBe(2);
  checker.close();
});
