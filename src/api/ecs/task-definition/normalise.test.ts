import { describe, expect, test } from 'vitest';
import { container, definition, withContainer, withVolume } from './cases/case.ts';
import { normaliseTaskDefinition } from './normalise.ts';

const onlyContainer = (input: Parameters<typeof normaliseTaskDefinition>[0]) =>
  normaliseTaskDefinition(input).containerDefinitions[0]!;

test('the least definition, filled in as ECS answers it', () => {
  const input = definition({ containerDefinitions: [{ memory: 128, image: 'nginx', name: 'app' }] });
  const expected = {
    family: 'web',
    containerDefinitions: [
      {
        name: 'app',
        image: 'nginx',
        cpu: 0,
        memory: 128,
        portMappings: [],
        essential: true,
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        systemControls: [],
      },
    ],
    volumes: [],
    placementConstraints: [],
  };
  // Compared as text: the order of the members and what is absent count too.
  expect(JSON.stringify(normaliseTaskDefinition(input))).toBe(JSON.stringify(expected));
});

test('normalising what was answered changes nothing', () => {
  const once = normaliseTaskDefinition(
    definition({
      cpu: '1 vCPU',
      memory: '2 GB',
      networkMode: 'awsvpc',
      containerDefinitions: [
        container({
          portMappings: [{ containerPort: 80 }, { containerPortRange: '90-99' }],
          healthCheck: { command: ['CMD', 'true'] },
        }),
      ],
      volumes: [{ name: 'a' }, { name: 'b', dockerVolumeConfiguration: {} }],
    }),
  );
  expect(normaliseTaskDefinition(once as Parameters<typeof normaliseTaskDefinition>[0])).toEqual(once);
});

test('members are answered only when they were given', () => {
  const content = normaliseTaskDefinition(definition({ taskRoleArn: '', requiresCompatibilities: [] }));
  expect(Object.keys(content)).toEqual(['family', 'containerDefinitions', 'volumes', 'placementConstraints']);
});

test('a compatibility given twice counts once', () => {
  const content = normaliseTaskDefinition(definition({ requiresCompatibilities: ['EC2', 'EXTERNAL', 'EC2'] }));
  expect(content.requiresCompatibilities).toEqual(['EC2', 'EXTERNAL']);
});

test.each([
  [{ requiresCompatibilities: ['MANAGED_INSTANCES'] } as const, 'awsvpc'],
  [{ requiresCompatibilities: ['MANAGED_INSTANCES', 'EC2'] } as const, undefined],
  [{}, undefined],
])('the network mode of %j is %s', (task, networkMode) => {
  expect(normaliseTaskDefinition(definition(task)).networkMode).toBe(networkMode);
});

describe('port mappings', () => {
  test.each([
    ['bridge', { containerPort: 80 }, { containerPort: 80, hostPort: 0, protocol: 'tcp' }],
    ['bridge', { containerPort: 80, hostPort: 8080 }, { containerPort: 80, hostPort: 8080, protocol: 'tcp' }],
    ['awsvpc', { containerPort: 80 }, { containerPort: 80, hostPort: 80, protocol: 'tcp' }],
    ['awsvpc', { containerPort: 80, hostPort: 0 }, { containerPort: 80, hostPort: 80, protocol: 'tcp' }],
    ['host', { containerPort: 53, protocol: 'udp' }, { containerPort: 53, hostPort: 53, protocol: 'udp' }],
    ['bridge', { containerPort: 80, protocol: 'sctp' }, { containerPort: 80, hostPort: 0, protocol: 'tcp' }],
    ['awsvpc', { containerPortRange: '80-90' }, { protocol: 'tcp', containerPortRange: '80-90' }],
  ] as const)('%s %j', (networkMode, given, answered) => {
    const filled = onlyContainer(
      withContainer({ portMappings: [given as { containerPort: number }] }, { networkMode }),
    );
    expect(JSON.stringify(filled.portMappings)).toBe(JSON.stringify([answered]));
  });
});

test('a health check has its times filled in, but no start period', () => {
  const { healthCheck } = onlyContainer(withContainer({ healthCheck: { command: ['CMD', 'true'], timeout: 9 } }));
  expect(healthCheck).toStrictEqual({ command: ['CMD', 'true'], interval: 30, timeout: 9, retries: 3 });
});

test('of a variable given twice the last value holds', () => {
  const environment = [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
    { name: 'A', value: '3' },
  ];
  expect(onlyContainer(withContainer({ environment })).environment).toEqual([
    { name: 'A', value: '3' },
    { name: 'B', value: '2' },
  ]);
});

describe('volumes', () => {
  test.each([
    [{ name: 'v' }, { name: 'v', host: {} }],
    [
      { name: 'v', host: { sourcePath: '/srv' } },
      { name: 'v', host: { sourcePath: '/srv' } },
    ],
    [
      { name: 'v', configuredAtLaunch: true },
      { name: 'v', configuredAtLaunch: true },
    ],
    [
      { name: 'v', dockerVolumeConfiguration: { labels: { a: 'b' } } },
      {
        name: 'v',
        dockerVolumeConfiguration: { labels: { a: 'b' }, scope: 'task', autoprovision: false, driver: 'local' },
      },
    ],
    [
      { name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1' } },
      { name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/' } },
    ],
  ] as const)('%j', (given, answered) => {
    expect(normaliseTaskDefinition(withVolume(given)).volumes).toStrictEqual([answered]);
  });
});
