import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, startedInstallation, testImage } from '../support/installation.ts';

let installation: Installation;

beforeAll(async () => {
  installation = await startedInstallation('--no-node');
  await installation.aws('ecs', 'create-cluster', '--cluster-name', 'shop');
  await installation.startAgent('shop');
  await installation.until('the instance is registered', async () => {
    const filter = ['--filter', 'agentConnected == true'];
    const listed = await installation.aws('ecs', 'list-container-instances', '--cluster', 'shop', ...filter);
    return listed.containerInstanceArns.length === 1;
  });
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
});

describe('standalone tasks', () => {
  it('run to their end and keep their exit code', async () => {
    await installation.call('RegisterTaskDefinition', {
      family: 'job',
      containerDefinitions: [{ name: 'main', image: testImage, memory: 32, command: ['sh', '-c', 'exit 7'] }],
    });
    const { tasks } = await installation.aws(
      'ecs',
      'run-task',
      '--cluster',
      'shop',
      '--task-definition',
      'job',
      '--started-by',
      'test',
    );
    const [{ taskArn }] = tasks;
    await installation.aws('ecs', 'wait', 'tasks-stopped', '--cluster', 'shop', '--tasks', taskArn);
    const ended = await installation.aws('ecs', 'describe-tasks', '--cluster', 'shop', '--tasks', taskArn);
    expect(ended.tasks[0]).toMatchObject({
      stopCode: 'EssentialContainerExited',
      startedBy: 'test',
      containers: [{ exitCode: 7 }],
    });
  });

  it('stop when they are told to, with the reason given', async () => {
    await installation.call('RegisterTaskDefinition', {
      family: 'long',
      containerDefinitions: [
        { name: 'main', image: testImage, memory: 32, command: ['sleep', '3600'], stopTimeout: 2 },
      ],
    });
    const { tasks } = await installation.aws('ecs', 'run-task', '--cluster', 'shop', '--task-definition', 'long');
    const [{ taskArn }] = tasks;
    await installation.until('it runs', async () => {
      const described = await installation.call('DescribeTasks', { cluster: 'shop', tasks: [taskArn] });
      return described.tasks[0].lastStatus === 'RUNNING';
    });
    await installation.aws('ecs', 'stop-task', '--cluster', 'shop', '--task', taskArn, '--reason', 'enough');
    await installation.until('it is stopped', async () => {
      const described = await installation.call('DescribeTasks', { cluster: 'shop', tasks: [taskArn] });
      return described.tasks[0].lastStatus === 'STOPPED' && described.tasks[0].stoppedReason === 'enough';
    });
  });

  it('say that an unknown cluster is none, as the CLI prints it', async () => {
    await expect(installation.aws('ecs', 'list-tasks', '--cluster', 'nope')).rejects.toThrow(
      /ClusterNotFoundException.*Cluster not found\./,
    );
  });
});
