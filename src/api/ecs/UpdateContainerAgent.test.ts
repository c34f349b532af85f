import { beforeEach, expect, it } from 'vitest';
import { type TestApi, testApi } from './container-instance/test-support/context.ts';
import { DeregisterContainerInstance } from './DeregisterContainerInstance.ts';
import { RegisterContainerInstance } from './RegisterContainerInstance.ts';
import { UpdateContainerAgent } from './UpdateContainerAgent.ts';

let api: TestApi;

beforeEach(async () => {
  api = await testApi();
});

/** The ARN of an instance in `default` whose agent registers with this. */
async function registered(versionInfo: object): Promise<string> {
  const totalResources = [
    { name: 'CPU', type: 'INTEGER', integerValue: 1024 },
    { name: 'MEMORY', type: 'INTEGER', integerValue: 1024 },
  ];
  const answer = await api.run(RegisterContainerInstance, { totalResources, versionInfo });
  return (answer as { containerInstance: { containerInstanceArn: string } }).containerInstance.containerInstanceArn;
}

function update(containerInstance: string, cluster?: string): Promise<unknown> {
  const settings = { ...api.context.settings, version: '0.2.0' };
  return api.run(UpdateContainerAgent, { containerInstance, cluster }, { settings });
}

const own = '00000000';

it.each([
  [{}, 'MissingVersionException', /did not say a version/],
  [{ agentVersion: 'main', agentHash: own }, 'MissingVersionException', /did not say a version/],
  [{ agentVersion: '1.96.0', agentHash: 'a1b2c3d4' }, 'MissingVersionException', /not Roadstead's/],
  [{ agentVersion: '0.2.0', agentHash: own }, 'NoUpdateAvailableException', /up to date: it is 0\.2\.0/],
  [{ agentVersion: 'v0.3.0-rc1', agentHash: own }, 'NoUpdateAvailableException', /up to date/],
  [
    { agentVersion: '0.1.9', agentHash: own },
    'NoUpdateAvailableException',
    /^The container agent is 0\.1\.9 and this Roadstead has 0\.2\.0, but .* start `roadstead agent` again; .*$/,
  ],
])('an agent of %j', async (versionInfo, code, message) => {
  const arn = await registered(versionInfo);
  const before = api.store.view.containerInstances.get(arn);
  await expect(update(arn)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(api.store.view.containerInstances.get(arn)).toBe(before);
});

it('an instance that is unknown, deregistered or in no cluster', async () => {
  const arn = await registered({});
  const unknown = arn.replace(/.{4}$/, 'ffff');
  const code = 'InvalidParameterException';
  const notFound = { code, message: 'The referenced container instance was not found.' };
  await expect(update(unknown)).rejects.toMatchObject(notFound);
  await expect(update('nope')).rejects.toMatchObject({
    message: 'containerInstanceId length should be one of [32,36]',
  });
  await expect(update(unknown.slice(-32), 'nope')).rejects.toMatchObject({ code: 'ClusterNotFoundException' });
  await api.run(DeregisterContainerInstance, { containerInstance: arn });
  await expect(update(arn)).rejects.toMatchObject({ code, message: 'The referenced container instance was inactive.' });
});
