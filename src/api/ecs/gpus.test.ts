import { describe, expect, it } from 'vitest';
import { type Answer, type ApiHarness, apiHarness } from '../../../test/support/api-harness.ts';

const gpus = (value: string): object => ({ resourceRequirements: [{ type: 'GPU', value }] });
const small = { image: 'train:1', cpu: 1, memory: 8 };

async function opened(gpuIds: readonly string[]) {
  const api = await apiHarness();
  await api.call('CreateCluster', {});
  const host = await api.addHost({ cluster: 'default', gpuIds });
  const containerDefinitions = [
    { ...small, ...gpus('1'), name: 'one' },
    { ...small, name: 'none' },
    { ...small, ...gpus('2'), name: 'two' },
  ];
  await api.call('RegisterTaskDefinition', { family: 'train', containerDefinitions });
  await api.call('RegisterTaskDefinition', {
    family: 'infer',
    containerDefinitions: [{ ...small, ...gpus('1'), name: 'app' }],
  });
  return { ...api, host };
}

async function remaining({ call }: ApiHarness, host: string): Promise<readonly string[]> {
  const { containerInstances } = await call('DescribeContainerInstances', { containerInstances: [host] });
  const [instance] = containerInstances;
  return instance.remainingResources.find(({ name }: { name: string }) => name === 'GPU').stringSetValue;
}

const idsOf = (task: Answer): Answer => task.containers.map(({ gpuIds }: Answer) => gpuIds);

describe('GPUs of an instance', () => {
  it('are given to the containers that ask for them, each to one', async () => {
    const api = await opened(['GPU-a', 'GPU-b', 'GPU-c', 'GPU-d']);
    const { tasks } = await api.call('RunTask', { taskDefinition: 'train' });
    expect(idsOf(tasks[0])).toEqual([['GPU-a'], undefined, ['GPU-b', 'GPU-c']]);
    expect(await remaining(api, api.host)).toEqual(['GPU-d']);
    const started = await api.call('StartTask', { taskDefinition: 'infer', containerInstances: [api.host] });
    expect(idsOf(started.tasks[0])).toEqual([['GPU-d']]);
    expect(await remaining(api, api.host)).toEqual([]);
    const { failures } = await api.call('StartTask', { taskDefinition: 'infer', containerInstances: [api.host] });
    expect(failures[0]).toMatchObject({ arn: api.host, reason: 'RESOURCE:GPU' });
  });

  it('of tasks that start together are never the same', async () => {
    const api = await opened(['GPU-a', 'GPU-b', 'GPU-c']);
    const { tasks, failures } = await api.call('RunTask', { taskDefinition: 'infer', count: 4 });
    expect(tasks.map(idsOf)).toEqual([[['GPU-a']], [['GPU-b']], [['GPU-c']]]);
    expect(failures[0].reason).toBe('RESOURCE:GPU');
    const described = await api.call('DescribeTasks', { tasks: tasks.map(({ taskArn }: Answer) => taskArn) });
    expect(described.tasks.map(idsOf)).toEqual(tasks.map(idsOf));
  });

  it('are free again when their task has stopped, whichever they are', async () => {
    const api = await opened(['GPU-a', 'GPU-b', 'GPU-c']);
    const { tasks } = await api.call('RunTask', { taskDefinition: 'infer', count: 3 });
    const { taskArn } = tasks[1];
    await api.call('StopTask', { task: taskArn });
    expect(await remaining(api, api.host)).toEqual([]);
    await api.call('SubmitTaskStateChange', { task: taskArn, status: 'STOPPED' });
    expect(await remaining(api, api.host)).toEqual(['GPU-b']);
    const next = await api.call('RunTask', { taskDefinition: 'infer' });
    expect(idsOf(next.tasks[0])).toEqual([['GPU-b']]);
  });
});
