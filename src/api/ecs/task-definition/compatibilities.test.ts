import { expect, test } from 'vitest';
import { definition, executionRoleArn, fargate, withContainer, withVolume } from './cases/case.ts';
import { parseTaskDefinition } from './parse.ts';

const awsvpc = { networkMode: 'awsvpc', cpu: '256', memory: '512' } as const;
const awslogs = { 'awslogs-group': '/web', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web' };

test.each([
  ['bridge', definition(), ['EXTERNAL', 'EC2']],
  ['no network', definition({ networkMode: 'none' }), ['EXTERNAL', 'EC2']],
  ['host', definition({ networkMode: 'host' }), ['EXTERNAL', 'EC2', 'MANAGED_INSTANCES']],
  ['awsvpc of a Fargate size', definition(awsvpc), ['EC2', 'FARGATE', 'MANAGED_INSTANCES']],
  ['awsvpc without a size', definition({ networkMode: 'awsvpc' }), ['EC2', 'MANAGED_INSTANCES']],
  ['awsvpc of another size', definition({ ...awsvpc, memory: '600' }), ['EC2', 'MANAGED_INSTANCES']],
  ['privileged', withContainer({ privileged: true }, awsvpc), ['EC2', 'MANAGED_INSTANCES']],
  ['EFS on bridge', withVolume({ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }), ['EC2']],
  ['ephemeral storage', definition({ ...awsvpc, ephemeralStorage: { sizeInGiB: 30 } }), ['FARGATE']],
  ['required Fargate', fargate(), ['EC2', 'FARGATE', 'MANAGED_INSTANCES']],
  [
    'awslogs without an execution role',
    withContainer({ logConfiguration: { logDriver: 'awslogs', options: awslogs } }, awsvpc),
    ['EC2', 'MANAGED_INSTANCES'],
  ],
  [
    'awslogs with an execution role',
    withContainer({ logConfiguration: { logDriver: 'awslogs', options: awslogs } }, { ...awsvpc, executionRoleArn }),
    ['EC2', 'FARGATE', 'MANAGED_INSTANCES'],
  ],
] as const)('%s', (_, input, expected) => {
  expect(parseTaskDefinition(input).compatibilities).toEqual(expected);
});

test('every launch type required is checked', () => {
  expect(() => parseTaskDefinition(definition({ requiresCompatibilities: ['EC2', 'FARGATE'] }))).toThrow(
    expect.objectContaining({ code: 'ClientException', message: 'Fargate only supports network mode ‘awsvpc’.' }),
  );
});
