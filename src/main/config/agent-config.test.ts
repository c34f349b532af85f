import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { agentSettings, readAgentConfig } from './agent-config.ts';

const least = {
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'b',
  ECS_BACKEND_HOST: 'http://127.0.0.1:4566',
};

describe('the settings of an agent', () => {
  test("have ECS's defaults", () => {
    expect(readAgentConfig(least)).toMatchObject({
      cluster: 'default',
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:4566',
      pullBehaviour: 'default',
      stopTimeoutMs: 30_000,
      reservedTcpPorts: [22, 2375, 2376, 51_678, 51_679],
      external: false,
      createTimeoutMs: 240_000,
      startTimeoutMs: 180_000,
      imageCleanUp: { intervalMs: 1_800_000, minimumAgeMs: 3_600_000, perCycle: 5, excluded: [] },
    });
  });

  test('are all explained, and nothing else is', () => {
    const text = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
    const explained = [...text.matchAll(/^\| (`ECS_.*?) \|/gm)].flatMap(
      ([, names = '']) => names.match(/ECS_\w+/g) ?? [],
    );
    expect(new Set(explained)).toEqual(agentSettings);
  });

  test("say where values are, by the SDKs' variables of each service", () => {
    expect(readAgentConfig({ ...least, AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }).valueEndpoints).toEqual({});
    const said = { AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:5000', AWS_ENDPOINT_URL_S3: 'https://s3.example/path' };
    expect(readAgentConfig({ ...least, ...said, AWS_ENDPOINT_URL_SECRETS_MANAGER: '' }).valueEndpoints).toEqual({
      ssm: 'http://127.0.0.1:5000',
      s3: 'https://s3.example/path',
    });
    expect(() => readAgentConfig({ ...least, AWS_ENDPOINT_URL_SSM: '127.0.0.1:5000' })).toThrow(
      'AWS_ENDPOINT_URL_SSM is an address such as http://127.0.0.1:5000, not 127.0.0.1:5000',
    );
  });

  test('say how many sandboxes wait for tasks', () => {
    expect(readAgentConfig(least).warmSandboxes).toBe(16);
    expect(readAgentConfig({ ...least, ROADSTEAD_WARM_SANDBOXES: '0' }).warmSandboxes).toBe(0);
    expect(() => readAgentConfig({ ...least, ROADSTEAD_WARM_SANDBOXES: 'many' })).toThrow(
      'ROADSTEAD_WARM_SANDBOXES must be a whole number, not many',
    );
  });

  test('say when images are cleaned up, and whether', () => {
    const settings = {
      ECS_IMAGE_CLEANUP_INTERVAL: '1m',
      ECS_IMAGE_MINIMUM_CLEANUP_AGE: '2h',
      ECS_NUM_IMAGES_DELETE_PER_CYCLE: '0',
      ECS_EXCLUDE_UNTRACKED_IMAGE: 'alpine:latest, app:1',
    };
    expect(readAgentConfig({ ...least, ...settings }).imageCleanUp).toEqual({
      intervalMs: 600_000,
      minimumAgeMs: 7_200_000,
      perCycle: 1,
      excluded: ['alpine:latest', 'app:1'],
    });
    expect(readAgentConfig({ ...least, ECS_DISABLE_IMAGE_CLEANUP: 'true' })).not.toHaveProperty('imageCleanUp');
  });

  test('are read from the environment, and what is given comes first', () => {
    const config = readAgentConfig(
      {
        ...least,
        ECS_CLUSTER: 'web',
        ECS_BACKEND_HOST: 'ecs.example',
        ECS_INSTANCE_ATTRIBUTES: '{"stack":"prod"}',
        ECS_CONTAINER_STOP_TIMEOUT: '1m30s',
        ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '10ms',
        ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
        ECS_DYNAMIC_HOST_PORT_RANGE: '40000-40010',
        ECS_ENGINE_AUTH_TYPE: 'dockercfg',
        ECS_ENGINE_AUTH_DATA: JSON.stringify({
          'https://index.docker.io/v1/': { auth: Buffer.from('me:se:cret').toString('base64') },
        }),
      },
      { pool: 'fargate', region: 'eu-west-1' },
    );
    expect(config).toMatchObject({
      cluster: 'web',
      region: 'eu-west-1',
      endpoint: 'https://ecs.example',
      attributes: [{ name: 'stack', value: 'prod' }],
      stopTimeoutMs: 90_000,
      cleanupWaitMs: 1000,
      pullBehaviour: 'prefer-cached',
      portRange: { first: 40_000, last: 40_010 },
      registryLogins: { 'docker.io': { username: 'me', password: 'se:cret' } },
      pool: 'fargate',
    });
  });

  test.each([
    ['ECS_CLUSTRE', 'web'],
    ['ECS_RESERVED_MEMORY', '-1'],
    ['ECS_CONTAINER_STOP_TIMEOUT', 'soon'],
    ['ECS_IMAGE_PULL_BEHAVIOR', 'sometimes'],
    ['ECS_INSTANCE_ATTRIBUTES', '[1'],
    ['ECS_EXTERNAL', 'yes'],
    ['ECS_DYNAMIC_HOST_PORT_RANGE', '5-1'],
  ])('%s=%s is refused by name', (name, value) => {
    expect(() => readAgentConfig({ ...least, [name]: value })).toThrow(name);
  });

  test('an endpoint, a region and keys are needed', () => {
    for (const name of ['AWS_DEFAULT_REGION', 'AWS_ACCESS_KEY_ID', 'ECS_BACKEND_HOST'] as const) {
      expect(() => readAgentConfig({ ...least, [name]: undefined })).toThrow(name);
    }
  });
});
