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
