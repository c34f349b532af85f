import { describe, expect, it } from 'vitest';
import { releaseInterface } from '#model';
import { type Answer, apiHarness } from '../../../test/support/api-harness.ts';

/** A cluster with one host, and an awsvpc task to run on it. */
async function opened(attributes: Record<string, string>) {
  const api = await apiHarness();
  await api.call('CreateCluster', {});
  const host = await api.addHost({ cluster: 'default', attributes });
  const app = { name: 'app', image: 'app:1', cpu: 1, memory: 8 };
  await api.call('RegisterTaskDefinition', { family: 'app', networkMode: 'awsvpc', containerDefinitions: [app] });
  await api.call('RegisterTaskDefinition', { family: 'plain', containerDefinitions: [app] });
  const networkConfiguration = { awsvpcConfiguration: { subnets: await api.subnets() } };
  return { ...api, host, networkConfiguration };
}

type World = Awaited<ReturnType<typeof opened>>;

function run({ call, networkConfiguration }: World, count: number): Promise<Answer> {
  return call('RunTask', { taskDefinition: 'app', count, launchType: 'EC2', networkConfiguration });
}

describe('awsvpc tasks on an EC2 instance', () => {
  it('are as many as its type has interfaces beside its own', async () => {
    const world = await opened({ 'ecs.instance-type': 'c5.large' });
    const { tasks, failures } = await run(world, 3);
    expect(tasks).toHaveLength(2);
    const noRoom = { arn: world.host, reason: 'RESOURCE:ENI', detail: 'needs 1 network interface, 0 are free' };
    expect(failures).toEqual([noRoom]);
    const { call, host, networkConfiguration } = world;
    const started = await call('StartTask', {
      taskDefinition: 'app',
      containerInstances: [host],
      networkConfiguration,
    });
    expect(started.failures).toEqual([noRoom]);
    expect((await call('RunTask', { taskDefinition: 'plain', count: 5 })).tasks).toHaveLength(5);
  });

  it('find the interface of a task that has stopped', async () => {
    const world = await opened({ 'ecs.instance-type': 't3.nano' });
    const { tasks } = await run(world, 1);
    expect((await run(world, 1)).tasks).toEqual([]);
    await world.call('StopTask', { task: tasks[0].taskArn });
    await world.store.update('interfaces', (tx) => {
      const task = tx.tasks.get(tasks[0].taskArn);
      tx.tasks.put(releaseInterface(task, world.clock.now()));
    });
    expect((await run(world, 1)).tasks).toHaveLength(1);
  });

  it('are more on one with a trunk interface', async () => {
    const world = await opened({ 'ecs.instance-type': 'c5.large', 'ecs.awsvpc-trunk-id': 'eni-1' });
    const { tasks } = await run(world, 10);
    expect(tasks).toHaveLength(10);
    expect((await run(world, 1)).failures[0].reason).toBe('RESOURCE:ENI');
  });

  it.each([{}, { 'ecs.instance-type': 'mine.large' }])(
    'are any number on a machine of no EC2 type: %o',
    async (attributes) => {
      const { tasks } = await run(await opened(attributes), 10);
      expect(tasks).toHaveLength(10);
    },
  );
});
