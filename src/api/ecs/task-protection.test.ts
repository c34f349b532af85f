import { describe, expect, it } from 'vitest';
import { afterMs } from '#base';
import type { Deployment, TaskArn } from '#model';
import { apiHarness } from '../../../test/support/api-harness.ts';

/** A service `web` with three tasks, as the service loop makes them, and one task of nobody. */
async function withTasks() {
  const harness = await apiHarness();
  const { call, store } = harness;
  await call('CreateCluster');
  await call('RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'host',
    containerDefinitions: [{ name: 'app', image: 'app:1', memory: 16 }],
  });
  await harness.addHost({ cluster: 'default' });
  const { service } = await call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 1 });
  const { tasks } = await call('RunTask', { taskDefinition: 'web' });
  const alone: string = tasks[0].taskArn;
  const arns = ['1', '2', '3'].map((end) => (alone.slice(0, -4) + end.repeat(4)) as TaskArn);
  await store.update('service', (tx) => {
    for (const taskArn of arns) {
      tx.tasks.put({ ...tx.tasks.get(alone), taskArn, serviceArn: service.serviceArn });
    }
  });
  return { ...harness, service: service.serviceArn as string, arns, alone };
}

describe('UpdateTaskProtection', () => {
  it('protects for two hours, or as long as asked, each call anew, and ends it', async () => {
    const { call, arns, clock } = await withTasks();
    const [first = '', second = ''] = arns;
    const seconds = clock.now();
    const { protectedTasks, failures } = await call('UpdateTaskProtection', {
      cluster: 'default',
      tasks: [first, second.split('/').at(-1)!, first],
      protectionEnabled: true,
    });
    expect(failures).toEqual([]);
    const expirationDate = seconds + 7_200;
    expect(protectedTasks).toEqual([
      { taskArn: first, protectionEnabled: true, expirationDate },
      { taskArn: second, protectionEnabled: true, expirationDate },
    ]);
    await call('UpdateTaskProtection', {
      cluster: 'default',
      tasks: [first],
      protectionEnabled: true,
      expiresInMinutes: 1,
    });
    await call('UpdateTaskProtection', { cluster: 'default', tasks: [second], protectionEnabled: false });
    const seen = await call('GetTaskProtection', { cluster: 'default', tasks: arns.slice(0, 3) });
    expect(seen.protectedTasks).toEqual([
      { taskArn: first, protectionEnabled: true, expirationDate: seconds + 60 },
      { taskArn: second, protectionEnabled: false },
      { taskArn: arns[2], protectionEnabled: false },
    ]);
    clock.advanceTo(afterMs(clock.now(), 60_000));
    const later = await call('GetTaskProtection', { cluster: 'default', tasks: [first] });
    expect(later.protectedTasks).toEqual([{ taskArn: first, protectionEnabled: false }]);
  });

  it('names tasks that are not there, of no service, or on their way out', async () => {
    const { call, arns, alone } = await withTasks();
    const missing = `${alone.slice(0, -4)}0000`;
    await call('StopTask', { task: arns[1] });
    const { protectedTasks, failures } = await call('UpdateTaskProtection', {
      cluster: 'default',
      tasks: [missing, alone, arns[0], arns[1]],
      protectionEnabled: true,
    });
    expect(protectedTasks.map(({ taskArn }: { taskArn: string }) => taskArn)).toEqual([arns[0]]);
    expect(failures).toEqual([
      { arn: missing, reason: 'MISSING' },
      { arn: alone, reason: 'TASK_NOT_VALID', detail: 'Only tasks of a service can be protected.' },
      { arn: arns[1], reason: 'TASK_NOT_VALID', detail: expect.stringContaining('stopping or has stopped') },
    ]);
  });

  it('refuses more protection while a deployment waits for more tasks than are wanted', async () => {
    const { call, arns, service, store } = await withTasks();
    const enable = { cluster: 'default', protectionEnabled: true };
    await call('UpdateTaskProtection', { ...enable, tasks: arns.slice(0, 2) });
    await store.update('service', (tx) => {
      const before = tx.services.get(service);
      const [primary] = before.deployments as [Deployment];
      const older: Deployment = { ...primary, status: 'ACTIVE', rolloutState: 'COMPLETED' };
      tx.services.put({ ...before, deployments: [primary, older] });
    });
    const { failures } = await call('UpdateTaskProtection', { ...enable, tasks: [arns[2]] });
    expect(failures).toEqual([
      { arn: arns[2], reason: 'DEPLOYMENT_BLOCKED', detail: expect.stringContaining('a deployment waits') },
    ]);
    const ended = await call('UpdateTaskProtection', {
      cluster: 'default',
      tasks: [arns[0]],
      protectionEnabled: false,
    });
    expect(ended.failures).toEqual([]);
    expect((await call('UpdateTaskProtection', { ...enable, tasks: [arns[2]] })).failures).toEqual([]);
  });

  it.each([
    [{ tasks: [] }, 'Tasks cannot be empty.'],
    [{ tasks: Array.from({ length: 11 }, () => 'a'.repeat(32)) }, 'Tasks cannot have more than 10 elements.'],
    [{ expiresInMinutes: 0 }, 'expiresInMinutes must be a whole number from 1 to 2880, but was 0'],
    [{ expiresInMinutes: 2881 }, 'expiresInMinutes must be a whole number from 1 to 2880, but was 2881'],
    [{ tasks: ['short'] }, 'taskId length should be one of [32,36]'],
    [{ cluster: 'other' }, 'Cluster not found.'],
  ])('refuses %j', async (wrong, message) => {
    const { call, arns } = await withTasks();
    const input = { cluster: 'default', tasks: ['f'.repeat(32)], protectionEnabled: true, ...wrong };
    await expect(call('UpdateTaskProtection', input)).rejects.toThrow(message);
    const { protectedTasks } = await call('GetTaskProtection', { cluster: 'default', tasks: arns.slice(0, 1) });
    expect(protectedTasks[0].protectionEnabled).toBe(false);
  });
});

describe('GetTaskProtection', () => {
  it('needs tasks, at most a hundred', async () => {
    const { call } = await withTasks();
    await expect(call('GetTaskProtection', { cluster: 'default' })).rejects.toThrow('Tasks cannot be empty.');
    const tasks = Array.from({ length: 101 }, () => 'a'.repeat(32));
    await expect(call('GetTaskProtection', { cluster: 'default', tasks })).rejects.toThrow(
      'Tasks cannot have more than 100 elements.',
    );
  });
});
