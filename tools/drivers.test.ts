import { expect, test } from 'vitest';
import { operations } from '#api';
import { driversOf, readTestFiles } from './drivers.ts';

const driven = (text: string): boolean => driversOf('RunTask', new Map([['a.test.ts', text]])).length === 1;

test.each([
  "await driver.answer('RunTask', {})",
  "['RunTask', { cluster }]",
  "installation.aws(\n  'ecs',\n  'run-task',\n)",
  'client.send(new RunTaskCommand({}))',
  'client.send(new sdk.RunTaskCommand({}))',
  '  RunTask: { cluster },',
  '  RunTask: task,',
])('%s is a call by one of AWS’s clients', (text) => {
  expect(driven(text)).toBe(true);
});

test.each([
  "await installation.call('RunTask', {})",
  "installation.call(\n  'RunTask', {})",
  "'RunTasks'",
  "aws('ecs', 'run-tasks')",
  '// RunTask: {',
])('%s is none', (text) => {
  expect(driven(text)).toBe(false);
});

test('every operation that is served has a driver in test/e2e', () => {
  const files = readTestFiles();
  const served = operations.filter((each) => each.service === 'ecs').map((each) => each.name);
  const alone = served.filter((name) => driversOf(name, files).every((path) => !path.startsWith('operations/')));
  expect(alone, 'write a driver in test/e2e/operations').toEqual([]);
});
