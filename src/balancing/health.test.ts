import { expect, test } from 'vitest';
import type { ContainerInstanceArn, HostTargetReport, Target } from '#model';
import { healthOf } from './health.ts';

const [a, b] = ['arn:a', 'arn:b'] as ContainerInstanceArn[] as [ContainerInstanceArn, ContainerInstanceArn];
const place = { exists: true };

function health(
  reports: Readonly<Record<string, HostTargetReport['state']>>,
  {
    serving = [a, b],
    was = 'initial',
  }: { serving?: readonly ContainerInstanceArn[]; was?: 'healthy' | 'initial' } = {},
): string {
  const usage = { used: true, zones: new Set<string>(), hosts: new Set([a, b]), serving: new Set(serving) };
  const said = Object.fromEntries(Object.entries(reports).map(([host, state]) => [host, { state }]));
  const target = { reports: said as Target['reports'], health: { state: was } as Target['health'] };
  return healthOf(target, usage, place).state;
}

test('a new target is healthy once every host whose node serves has looked', () => {
  expect(health({ [a]: 'healthy' })).toBe('initial');
  expect(health({ [a]: 'healthy', [b]: 'initial' })).toBe('initial');
  expect(health({ [a]: 'healthy', [b]: 'healthy' })).toBe('healthy');
  expect(health({ [a]: 'healthy', [b]: 'unhealthy' })).toBe('healthy');
  expect(health({ [a]: 'unhealthy', [b]: 'initial' })).toBe('unhealthy');
});

test('a host whose node does not serve is not waited for, and nobody is for a target that was healthy', () => {
  expect(health({ [a]: 'healthy' }, { serving: [a] })).toBe('healthy');
  expect(health({ [a]: 'healthy' }, { serving: [] })).toBe('healthy');
  expect(health({ [a]: 'healthy' }, { was: 'healthy' })).toBe('healthy');
  expect(health({ [a]: 'unhealthy', [b]: 'unhealthy' }, { was: 'healthy' })).toBe('unhealthy');
});
