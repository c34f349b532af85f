import { describe, expect, it } from 'vitest';
import { accountB, apiHarness } from '../../../test/support/api-harness.ts';
import { fargateDefinition } from '../../../test/support/definitions.ts';

async function withTasks() {
  const harness = await apiHarness();
  const { call } = harness;
  await call('CreateCluster', { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  await call('RegisterTaskDefinition', fargateDefinition('web'));
  await harness.addHost({ pool: 'fargate' });
  const networkConfiguration = { awsvpcConfiguration: { subnets: await harness.subnets() } };
  const run = async (capacityProvider: string): Promise<string> => {
    const { tasks } = await call('RunTask', {
      taskDefinition: 'web',
      networkConfiguration,
      capacityProviderStrategy: [{ capacityProvider, weight: 1 }],
    });
    return tasks[0].taskArn;
  };
  const interrupt = (target: string, more: object = {}) =>
    call('InterruptSpot', { target, ...more }, { service: 'roadstead' });
  return { ...harness, run, interrupt };
}

describe('a spot interruption', () => {
  it('stops a FARGATE_SPOT task with the notice that AWS gives', async () => {
    const { call, run, interrupt } = await withTasks();
    const arn = await run('FARGATE_SPOT');
    expect(await interrupt(arn)).toEqual({ taskArn: arn });
    const { tasks } = await call('DescribeTasks', { tasks: [arn] });
    expect(tasks[0]).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
      stoppingAt: expect.any(Number),
    });
    expect(await interrupt(arn.split('/')[2]!)).toEqual({ taskArn: arn });
  });

  it('is told twice: the notice while the task still runs, then what becomes of it', async () => {
    const { run, interrupt, store, clock } = await withTasks();
    const arn = await run('FARGATE_SPOT');
    await store.update('dispatch', (tx) => {
      const task = { ...tx.tasks.get(arn), lastStatus: 'RUNNING' as const, agentStatus: 'RUNNING' as const };
      tx.tasks.put({ ...task, startedAt: clock.now(), version: task.version + 1 });
    });
    await interrupt(arn);
    const told = [...store.view.events.all()].flatMap((event) => ('task' in event ? [event.task] : []));
    const reason = 'Your Spot Task was interrupted.';
    expect(told.slice(-2)).toMatchObject([
      {
        version: 3,
        lastStatus: 'RUNNING',
        desiredStatus: 'STOPPED',
        stopCode: 'TerminationNotice',
        stoppedReason: reason,
      },
      {
        version: 4,
        lastStatus: 'STOPPING',
        desiredStatus: 'STOPPED',
        stopCode: 'SpotInterruption',
        stoppedReason: reason,
      },
    ]);
    expect(told.slice(-2).every(({ stoppingAt }) => stoppingAt === clock.now())).toBe(true);
    expect(store.view.tasks.get(arn).version).toBe(4);
    await interrupt(arn);
    expect(store.view.tasks.get(arn).version).toBe(4);
  });

  it('leaves other tasks alone', async () => {
    const { call, run, interrupt } = await withTasks();
    const arn = await run('FARGATE');
    await expect(interrupt(arn)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining('runs on FARGATE. Only tasks of the capacity provider FARGATE_SPOT'),
    });
    const { tasks } = await call('DescribeTasks', { tasks: [arn] });
    expect(tasks[0].desiredStatus).toBe('RUNNING');
  });

  it('drains a container instance, by ARN, id or instance id', async () => {
    const { call, addHost, interrupt } = await withTasks();
    const arn = await addHost({ cluster: 'default' });
    for (const target of [arn, arn.split('/')[2]!, 'i-0123456789abcdef0']) {
      await call('UpdateContainerInstancesState', { containerInstances: [arn], status: 'ACTIVE' });
      expect(await interrupt(target, { cluster: 'default' })).toEqual({ containerInstanceArn: arn });
      const { containerInstances } = await call('DescribeContainerInstances', { containerInstances: [arn] });
      expect(containerInstances[0].status).toBe('DRAINING');
    }
  });

  it('finds nothing of other accounts, nor what is not there', async () => {
    const { call, run, interrupt } = await withTasks();
    const arn = await run('FARGATE_SPOT');
    await expect(interrupt('i-0')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(
      call('InterruptSpot', { target: arn }, { service: 'roadstead', accountId: accountB }),
    ).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});
