import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSecretSource, type SecretSource, type TaskStateReport } from '#agent';
import type { PayloadTask } from '#wire/link';
import { payloadTask } from '../../../src/agent/testing.ts';
import { TestRegistry } from '../../support/registry.ts';
import { ValueServices } from '../../support/value-services.ts';
import { clock, ids, shell, TestHost, until } from './harness.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start();
});
afterAll(async () => {
  const left = shell(`docker images --format '{{.Repository}}:{{.Tag}}' | grep '^${registry.host}/' || true`);
  if (left !== '') shell(`docker rmi -f ${left.split('\n').join(' ')}`);
  await registry[Symbol.asyncDispose]();
});

async function reported(host: TestHost, task: PayloadTask, status: 'RUNNING' | 'STOPPED'): Promise<TaskStateReport> {
  return until(`${status} of ${task.arn}`, () => {
    const report = host.controlPlane.lastReport(task.arn);
    if (report?.status === 'STOPPED' && status !== 'STOPPED') throw new Error(`stopped: ${JSON.stringify(report)}`);
    return report?.status === status ? report : undefined;
  });
}

function taskOf(image: string, over: Partial<PayloadTask['containers'][number]> = {}): PayloadTask {
  return payloadTask(ids, { image, command: ['sleep', '1000'], ...over });
}

async function run(host: TestHost, task: PayloadTask): Promise<TaskStateReport> {
  host.controlPlane.assign(task);
  return reported(host, task, 'RUNNING');
}

describe('when an image is pulled', () => {
  test.each([
    ['default', 2, 'RUNNING'],
    ['always', 2, 'STOPPED'],
    ['once', 1, 'RUNNING'],
    ['prefer-cached', 1, 'RUNNING'],
  ] as const)(
    '%s: two tasks cost %i pulls; once the registry has lost the image, the next is %s',
    async (pullBehaviour, pulls, then) => {
      await using host = new TestHost();
      await host.start({ pullBehaviour });
      const image = `${registry.host}/app:${pullBehaviour}`;
      const first = await run(host, taskOf(image));
      expect(first.containers[0]?.imageDigest).toBe(registry.digest(pullBehaviour));
      expect(first.pullStoppedAt).toBeGreaterThanOrEqual(first.pullStartedAt ?? Number.NaN);
      await run(host, taskOf(image));
      expect(registry.pulls(pullBehaviour)).toBe(pulls);
      registry.missing.add(pullBehaviour);
      const third = taskOf(image);
      host.controlPlane.assign(third);
      const { containers } = await reported(host, third, then);
      if (then === 'RUNNING') return;
      expect(containers[0]?.reason).toBe('CannotPullContainerError: Error response from daemon: manifest unknown');
    },
  );

  test('what nothing uses any more goes; what somebody else runs, and what was here before, stays', async () => {
    await using host = new TestHost();
    const [mine = '', theirs = '', before = ''] = ['mine', 'theirs', 'before'].map(
      (tag) => `${registry.host}/app:${tag}`,
    );
    await host.runtime.pullImage(before, {});
    const imageCleanUp = { intervalMs: 200, minimumAgeMs: 0, perCycle: 5, excluded: [] };
    await host.start({ imageCleanUp, cleanupWaitMs: 0 });
    const tasks = [mine, theirs, before].map((image) => taskOf(image));
    for (const task of tasks) await run(host, task);
    const other = shell(`docker run -d ${theirs}`);
    try {
      for (const task of tasks) host.controlPlane.stop(task);
      for (const task of tasks) await reported(host, task, 'STOPPED');
      const there = (image: string): boolean => shell(`docker images -q ${image}`) !== '';
      await until('mine is gone', () => !there(mine));
      expect([there(theirs), there(before)]).toEqual([true, true]);
      shell(`docker rm -f ${other}`);
      await until('theirs is gone', () => !there(theirs));
      expect(there(before)).toBe(true);
    } finally {
      shell(`docker rm -f ${other} 2>/dev/null || true`);
    }
  });
});

describe('a private registry', () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:harbour-AbCdEf';
  const asmAuthData = { credentialsParameter: arn, region: 'us-east-1' };
  const registryAuthentication = { type: 'asm' as const, asmAuthData };
  const image = (tag: string): string => `${registry.host}/private:${tag}`;
  let services: ValueServices;
  const holding = (password: string): SecretSource => {
    services.secrets.set(arn, { AWSCURRENT: JSON.stringify({ username: 'mate', password }) });
    return createSecretSource({ endpoints: { secretsmanager: services.url } }, { clock });
  };
  /** A task whose image is pulled with the secret. */
  const withLogin = (tag: string): PayloadTask => ({
    ...taskOf(image(tag), { registryAuthentication }),
    executionRoleCredentials: {
      credentialsId: ids.uuid(),
      roleArn: 'arn:aws:iam::000000000000:role/execution',
      accessKeyId: 'ASIATEST',
      secretAccessKey: 'key',
      sessionToken: 'token',
      expiration: '2040-01-01T00:00:00Z',
    },
  });
  beforeAll(async () => {
    registry.login = 'mate:rope';
    services = await ValueServices.start();
    services.keys.set('ASIATEST', 'key');
  });
  afterAll(async () => {
    registry.login = undefined;
    await services[Symbol.asyncDispose]();
  });

  test('repositoryCredentials: pulled as whom the secret says', async () => {
    await using host = new TestHost();
    await host.start({}, { secrets: holding('rope') });
    const [{ attributes } = { attributes: [] }] = host.controlPlane.registrations;
    const name = 'ecs.capability.private-registry-authentication.secretsmanager';
    expect(attributes).toContainEqual({ name });
    await run(host, withLogin('a'));
    expect(registry.manifests.filter(({ tag }) => tag === 'a').every(({ user }) => user === 'mate')).toBe(true);
    expect(shell(`cat ${host.directory}/tasks/*.json`)).not.toContain('rope');
  });

  test('a wrong password, no login and no Secrets Manager: each says what it is', async () => {
    await using host = new TestHost();
    await host.start({}, { secrets: holding('chain') });
    const [wrong, none] = [withLogin('b'), taskOf(image('b'))];
    host.controlPlane.assign(wrong, none);
    for (const task of [wrong, none]) {
      const { containers } = await reported(host, task, 'STOPPED');
      expect(containers[0]?.reason).toMatch(
        /^CannotPullContainerError: Error response from daemon: .*(no basic auth|unauthorized)/,
      );
    }
    await host.stop();
    await host.start({}, { secrets: createSecretSource({ endpoints: {} }, { clock }) });
    const unread = { ...withLogin('b'), launchType: 'FARGATE' };
    host.controlPlane.assign(unread);
    expect((await reported(host, unread, 'STOPPED')).reason).toMatch(
      /^ResourceInitializationError: unable to pull secrets or registry auth: .*unable to get registry auth from asm: .*Secrets Manager is not part of this Roadstead yet: set AWS_ENDPOINT_URL_SECRETS_MANAGER /,
    );
  });

  test("the agent's own logins are for whoever names none", async () => {
    await using host = new TestHost();
    const login = { username: 'mate', password: 'rope' };
    await host.start({}, { registryCredentials: (name) => (name === registry.host ? login : undefined) });
    await run(host, taskOf(image('c')));
    expect(registry.manifests.find(({ tag }) => tag === 'c')?.user).toBe('mate');
  });
});
