import { expect, test } from 'vitest';
import type { TargetDocument, TargetGroupDocument } from '#wire/link';
import { afterCheck, type Health, inService, matches, type Outcome, registered } from './state.ts';

const thresholds = { healthyThreshold: 3, unhealthyThreshold: 2 };
const passed: Outcome = { kind: 'passed' };
const code502: Outcome = { kind: 'code', code: 502 };

function after(...outcomes: readonly Outcome[]): Health {
  return outcomes.reduce((health, outcome) => afterCheck(health, outcome, thresholds), registered);
}

test('a new target is healthy with the first check that passes', () => {
  expect(registered).toMatchObject({ state: 'initial', reason: 'Elb.RegistrationInProgress' });
  expect(after(passed)).toMatchObject({ state: 'healthy' });
  expect(after(code502)).toMatchObject({ state: 'initial', reason: 'Elb.InitialHealthChecking' });
  expect(after(code502, passed)).toMatchObject({ state: 'healthy' });
});

test('thresholds count in a row', () => {
  expect(after(code502, code502)).toEqual({
    state: 'unhealthy',
    reason: 'Target.ResponseCodeMismatch',
    description: 'Health checks failed with these codes: [502]',
    passed: 0,
    failed: 2,
  });
  expect(after(passed, code502, passed, code502)).toMatchObject({ state: 'healthy' });
  expect(after(passed, code502, code502)).toMatchObject({ state: 'unhealthy' });
  expect(after(passed, code502, code502, passed, passed)).toMatchObject({ state: 'unhealthy' });
  const again = after(passed, code502, code502, passed, passed, passed);
  expect(again).toEqual({ state: 'healthy', passed: 3, failed: 0 });
});

test('reasons are those of the last failure', () => {
  expect(after({ kind: 'timeout' }, { kind: 'timeout' })).toMatchObject({
    reason: 'Target.Timeout',
    description: 'Request timed out',
  });
  expect(after({ kind: 'timeout' }, { kind: 'failed' })).toMatchObject({
    reason: 'Target.FailedHealthChecks',
    description: 'Health checks failed',
  });
});

test('codes', () => {
  expect(matches('200,202', 202)).toBe(true);
  expect(matches('200-299', 250)).toBe(true);
  expect(matches('200-299,301', 300)).toBe(false);
  expect(matches('12', 12)).toBe(true);
  expect(matches('', 0)).toBe(false);
});

function target(id: string, draining = false): TargetDocument {
  return { id, address: '10.0.0.1', port: 80, draining };
}

function serving(
  states: Readonly<Record<string, Health['state']>>,
  attributes: Readonly<Record<string, string>> = {},
): readonly string[] {
  const group = {
    healthCheck: { enabled: true },
    attributes,
    targets: Object.keys(states).map((id) => target(id, id.startsWith('leaving'))),
  } as unknown as TargetGroupDocument;
  const chosen = inService(group, ({ id }) => ({ state: states[id] ?? 'initial', passed: 0, failed: 0 }));
  return [...chosen].map(({ id }) => id);
}

test('who gets traffic', () => {
  expect(serving({ a: 'healthy', b: 'unhealthy', c: 'initial', leaving: 'healthy' })).toEqual(['a']);
  expect(serving({ a: 'unhealthy', b: 'unhealthy', c: 'initial' })).toEqual(['a', 'b']);
  expect(serving({ a: 'initial' })).toEqual([]);
  const prefix = 'target_group_health.unhealthy_state_routing.minimum_healthy_targets';
  expect(serving({ a: 'healthy', b: 'unhealthy' }, { [`${prefix}.count`]: '2' })).toEqual(['a', 'b']);
  expect(serving({ a: 'healthy', b: 'unhealthy' }, { [`${prefix}.percentage`]: '50' })).toEqual(['a']);
  expect(serving({ a: 'healthy', b: 'unhealthy' }, { [`${prefix}.percentage`]: '51' })).toEqual(['a', 'b']);
  expect(serving({ a: 'healthy', b: 'unhealthy' }, { [`${prefix}.percentage`]: 'off' })).toEqual(['a']);
});
