import { expect, test } from 'vitest';
import { type PlacementSource, placementRequestOf } from './request.ts';
import { request } from './test-support/hosts.ts';

const { reserves } = request();
const source: PlacementSource = {
  task: { launchType: 'EC2', reserves, group: 'family:job', enableExecuteCommand: false },
  definition: {
    requiresAttributes: [{ name: 'ecs.capability.task-eni' }],
    placementConstraints: [{ type: 'memberOf', expression: 'runningTasksCount < 9' }],
  },
  constraints: [{ type: 'distinctInstance' }, { type: 'memberOf', expression: 'runningTasksCount < 9' }],
  strategies: [{ type: 'random' }],
};

test('joins the constraints of the definition and of the request, each once', () => {
  expect(placementRequestOf(source, 3)).toEqual({
    count: 3,
    launchType: 'EC2',
    reserves,
    requiresAttributes: [{ name: 'ecs.capability.task-eni' }],
    constraints: [{ type: 'memberOf', expression: 'runningTasksCount < 9' }, { type: 'distinctInstance' }],
    strategies: [{ type: 'random' }],
    group: 'family:job',
  });
});

test('asks for the runtime platform by attributes', () => {
  const runtimePlatform = { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' };
  const asked = placementRequestOf({ ...source, definition: { ...source.definition, runtimePlatform } }, 1);
  expect(asked.requiresAttributes).toEqual([
    { name: 'ecs.capability.task-eni' },
    { name: 'ecs.cpu-architecture', value: 'x86_64' },
    { name: 'ecs.os-family', value: 'LINUX' },
  ]);
});

test('passes the zones on', () => {
  expect(placementRequestOf({ ...source, zones: ['us-east-1a'] }, 1).zones).toEqual(['us-east-1a']);
});

test('a task for commands wants an instance whose agent runs them', () => {
  const request = placementRequestOf({ ...source, task: { ...source.task, enableExecuteCommand: true } }, 1);
  expect(request.requiresAttributes).toEqual([
    { name: 'ecs.capability.task-eni' },
    { name: 'ecs.capability.execute-command' },
  ]);
});

test('a host of the Fargate pool is not asked for values: a task that cannot be given its own stops there', () => {
  const values = [
    'private-registry-authentication.secretsmanager',
    'secrets.asm.environment-variables',
    'secrets.ssm.bootstrap.log-driver',
    'env-files.s3',
  ].map((name) => ({ name: `ecs.capability.${name}` }));
  const definition = { ...source.definition, requiresAttributes: [{ name: 'ecs.capability.task-eni' }, ...values] };
  const asked = (launchType: 'EC2' | 'FARGATE') =>
    placementRequestOf({ ...source, definition, task: { ...source.task, launchType } }, 1).requiresAttributes;
  expect(asked('EC2')).toEqual(definition.requiresAttributes);
  expect(asked('FARGATE')).toEqual([{ name: 'ecs.capability.task-eni' }]);
});
