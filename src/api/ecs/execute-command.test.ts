import { describe, expect, it } from 'vitest';
import type { TaskArn } from '#model';
import { sessionLimits } from '#sessions';
import { apiHarness } from '../../../test/support/api-harness.ts';

/** A running task of two containers that commands may be run in. */
async function withTask(
  options: { readonly enabled?: boolean; readonly agentHash?: string; readonly agentConnected?: boolean } = {},
) {
  const harness = await apiHarness();
  const { call, store } = harness;
  await call('CreateCluster');
  await call('RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'host',
    taskRoleArn: 'arn:aws:iam::111111111111:role/web',
    containerDefinitions: ['app', 'side'].map((name) => ({ name, image: 'app:1', memory: 16 })),
  });
  const hostArn = await harness.addHost({ cluster: 'default' });
  await store.update('dispatch', (tx) => {
    const host = tx.containerInstances.get(hostArn);
    const capabilities = ['com.amazonaws.ecs.capability.task-iam-role-network-host', 'ecs.capability.execute-command'];
    const attributes = [...host.attributes, ...capabilities.map((name) => ({ name }))];
    tx.containerInstances.put({ ...host, attributes, versionInfo: { ...host.versionInfo, agentHash: '00000000' } });
  });
  const { tasks } = await call('RunTask', { taskDefinition: 'web', enableExecuteCommand: options.enabled ?? true });
  const task: TaskArn = tasks[0].taskArn;
  await store.update('dispatch', (tx) => {
    const pending = tx.tasks.get(task);
    const containers = pending.containers.map((each) => ({ ...each, lastStatus: 'RUNNING' as const }));
    tx.tasks.put({ ...pending, containers, lastStatus: 'RUNNING' });
    const host = tx.containerInstances.get(hostArn);
    const { agentHash = '00000000', agentConnected = true } = options;
    tx.containerInstances.put({ ...host, agentConnected, versionInfo: { ...host.versionInfo, agentHash } });
  });
  return { ...harness, task };
}

const asked = { container: 'app', command: 'ls', interactive: true };

describe('ExecuteCommand', () => {
  it('gives what the session is joined with, and DescribeTasks says that the agent for it runs', async () => {
    const { call, task } = await withTask();
    const { session, ...rest } = await call('ExecuteCommand', { task, ...asked });
    const { tasks } = await call('DescribeTasks', { tasks: [task] });
    const [app] = tasks[0].containers;
    expect(app.managedAgents).toMatchObject([{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING' }]);
    expect(rest).toEqual({
      clusterArn: tasks[0].clusterArn,
      containerArn: app.containerArn,
      containerName: 'app',
      interactive: true,
      taskArn: task,
    });
    expect(session.sessionId).toMatch(/^ecs-execute-command-[a-z0-9]{26}$/);
    expect(session.streamUrl).toBe(`ws://127.0.0.1:4566/v1/data-channel/${session.sessionId}?role=publish_subscribe`);
    expect(session.tokenValue).toMatch(/^[a-z0-9]{50}$/);
  });

  it.each([
    [
      'not interactively',
      { interactive: false },
      'InvalidParameterException',
      'Interactive is the only mode supported currently.',
    ],
    ['in no container of two', { container: undefined }, 'InvalidParameterException', 'Container must be specified'],
    [
      'in a container that is not there',
      { container: 'db' },
      'InvalidParameterException',
      'The container does not exist in the task.',
    ],
    [
      'in a task that is not there',
      { task: '0'.repeat(32) },
      'InvalidParameterException',
      'The referenced task was not found.',
    ],
    [
      'in a cluster that is not there',
      { cluster: 'other', task: '0'.repeat(32) },
      'ClusterNotFoundException',
      'Cluster not found.',
    ],
  ])('refuses to run one %s', async (_what, other, code, message) => {
    const { call, task } = await withTask();
    const refused = call('ExecuteCommand', { task, ...asked, ...other });
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('refuses a task that was started without it, or that is not running yet', async () => {
    const { call, task, store } = await withTask({ enabled: false });
    const error = {
      code: 'InvalidParameterException',
      message: expect.stringContaining('was not enabled when the task was run'),
    };
    await expect(call('ExecuteCommand', { task, ...asked })).rejects.toMatchObject(error);
    const started = await withTask();
    await started.store.update('dispatch', (tx) => {
      const running = tx.tasks.get(started.task);
      const containers = running.containers.map((each) => ({ ...each, lastStatus: 'STOPPED' as const }));
      tx.tasks.put({ ...running, containers });
    });
    await expect(started.call('ExecuteCommand', { task: started.task, ...asked })).rejects.toMatchObject(error);
    expect(store.view.tasks.get(task).enableExecuteCommand).toBe(false);
  });

  it('says when the agent is away, or is another than Roadstead’s', async () => {
    for (const options of [{ agentConnected: false }, { agentHash: 'f00dcafe' }]) {
      const { call, task } = await withTask(options);
      await expect(call('ExecuteCommand', { task, ...asked })).rejects.toMatchObject({
        code: 'TargetNotConnectedException',
        message: expect.stringContaining('The execute command failed due to an internal error. Try again later.'),
      });
    }
  });

  it('opens no more sessions in a container than ECS allows', async () => {
    const { call, task } = await withTask();
    for (let open = 0; open < sessionLimits.sessionsPerContainer; open++)
      await call('ExecuteCommand', { task, ...asked });
    await expect(call('ExecuteCommand', { task, ...asked })).rejects.toMatchObject({
      code: 'ClientException',
      message: 'Unable to start new execute sessions because the maximum session limit of 1000 has been reached.',
    });
  });
});
