import { describe, expect, it } from 'vitest';
import { apiHarness } from '../../../../test/support/api-harness.ts';

const hourMs = 3_600_000;
const job = { family: 'job', containerDefinitions: [{ name: 'app', image: 'app:1', memory: 4 }] };

async function opened() {
  const harness = await apiHarness();
  for (const clusterName of ['default', 'other']) {
    await harness.call('CreateCluster', { clusterName });
    await harness.addHost({ cluster: clusterName });
  }
  await harness.call('RegisterTaskDefinition', job);
  const run = (input: object = {}) => harness.call('RunTask', { taskDefinition: 'job', clientToken: 'once', ...input });
  const stop = async (task: string) => {
    await harness.call('StopTask', { task });
    await harness.call('SubmitTaskStateChange', { task, status: 'STOPPED' });
  };
  return { ...harness, run, stop };
}

describe('a client token of RunTask', () => {
  it('holds for one cluster', async () => {
    const { run } = await opened();
    const first = await run();
    expect((await run({ cluster: 'other' })).tasks[0].taskArn).not.toBe(first.tasks[0].taskArn);
  });

  it('is good for 24 hours while its tasks run', async () => {
    const { run, clock } = await opened();
    const first = await run();
    clock.advanceMs(24 * hourMs - 1);
    expect((await run()).tasks).toEqual(first.tasks);
    clock.advanceMs(1);
    expect((await run()).tasks[0].taskArn).not.toBe(first.tasks[0].taskArn);
  });

  it('is good for an hour after its last task stopped, and tells little of stopped ones', async () => {
    const { run, stop, clock } = await opened();
    const [one, two] = (await run({ count: 2 })).tasks;
    await stop(one.taskArn);
    clock.advanceMs(2 * hourMs);
    await stop(two.taskArn);
    clock.advanceMs(hourMs - 1);
    const { tasks } = await run({ count: 2 });
    const stopped = { lastStatus: 'STOPPED', desiredStatus: 'STOPPED' };
    expect(tasks).toEqual([
      { taskArn: one.taskArn, ...stopped },
      { taskArn: two.taskArn, ...stopped },
    ]);
    await expect(run()).rejects.toMatchObject({
      code: 'ConflictException',
      members: { resourceIds: [one.taskArn, two.taskArn] },
    });
    clock.advanceMs(1);
    const again = (await run({ count: 2 })).tasks;
    expect(again.map(({ taskArn }: { taskArn: string }) => taskArn)).not.toContain(one.taskArn);
  });

  it('gives the same failures again, for an hour when there are no tasks', async () => {
    const { run, call, addHost, clock } = await opened();
    const containerDefinitions = [{ name: 'app', image: 'app:1', memory: 100_000 }];
    await call('RegisterTaskDefinition', { family: 'large', containerDefinitions });
    const large = { taskDefinition: 'large' };
    const first = await run(large);
    expect(first).toMatchObject({ tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] });
    await addHost({ cluster: 'default', memoryMiB: 200_000 });
    expect(await run(large)).toEqual(first);
    clock.advanceMs(hourMs);
    expect((await run(large)).tasks).toHaveLength(1);
  });
});

describe('what needs no token', () => {
  it('a cluster is made once by its name', async () => {
    const { call, store } = await opened();
    const before = store.revision;
    await call('CreateCluster', { clusterName: 'other', tags: [{ key: 'a', value: 'b' }] });
    expect(store.revision).toBe(before);
  });

  it('a registration is never the same', async () => {
    const { call } = await opened();
    expect((await call('RegisterTaskDefinition', job)).taskDefinition.revision).toBe(2);
  });
});

it('a client token of CreateService has at most 36 characters', async () => {
  const { call } = await opened();
  const create = (clientToken: string) =>
    call('CreateService', { serviceName: 'web', taskDefinition: 'job', desiredCount: 0, clientToken });
  await expect(create('t'.repeat(37))).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message: 'clientToken must be 1 to 36 characters in the ASCII range 33-126',
  });
  await expect(create('t'.repeat(36))).resolves.toBeDefined();
});
