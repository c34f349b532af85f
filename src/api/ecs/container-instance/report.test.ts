import { beforeEach, describe, expect, it } from 'vitest';
import { containerInstanceArn, platformAccountId, type Scope, type Task } from '#model';
import { SubmitAttachmentStateChanges } from '../SubmitAttachmentStateChanges.ts';
import { SubmitContainerStateChange } from '../SubmitContainerStateChange.ts';
import { SubmitTaskStateChange } from '../SubmitTaskStateChange.ts';
import { asAccount, type TestApi, testApi, testNow, testScope, testTask } from './test-support/context.ts';

let api: TestApi;

beforeEach(async () => {
  api = await testApi();
});

async function newTaskOn(hostScope: Scope): Promise<Task> {
  const task = testTask(containerInstanceArn(hostScope, 'default', 'f'.repeat(32)), { memory: 64 });
  await api.store.update('api', (tx) => tx.tasks.put(task));
  return task;
}

const stored = (task: Task): Task => api.store.view.tasks.get(task.taskArn);
const networkBindings = [{ bindIP: '0.0.0.0', containerPort: 80, hostPort: 49_153, protocol: 'tcp' }];
const running = (task: Task): object => ({
  cluster: task.clusterArn,
  task: task.taskArn,
  status: 'RUNNING',
  reason: '',
  pullStartedAt: 1.25,
  pullStoppedAt: 2.5,
  containers: [
    {
      containerName: 'app',
      status: 'RUNNING',
      runtimeId: '8c1f',
      imageDigest: 'sha256:1',
      reason: '',
      networkBindings,
    },
  ],
});

describe('SubmitTaskStateChange', () => {
  it('moves the task and its containers', async () => {
    const task = await newTaskOn(testScope);
    expect(await api.run(SubmitTaskStateChange, running(task))).toEqual({ acknowledgment: 'ok' });
    expect(stored(task)).toMatchObject({
      lastStatus: 'RUNNING',
      startedAt: testNow,
      pullStartedAt: 1.25,
      pullStoppedAt: 2.5,
      containers: [{ lastStatus: 'RUNNING', runtimeId: '8c1f', imageDigest: 'sha256:1', networkBindings }],
    });
    await api.run(SubmitTaskStateChange, {
      task: task.taskArn,
      status: 'STOPPED',
      executionStoppedAt: 9,
      containers: [{ containerName: 'app', status: 'STOPPED', exitCode: 137, reason: 'OutOfMemoryError: killed' }],
    });
    expect(stored(task)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      executionStoppedAt: 9,
      containers: [{ exitCode: 137, reason: 'OutOfMemoryError: killed' }],
    });
  });

  it('writes once, however often it is repeated, and never goes back', async () => {
    const task = await newTaskOn(testScope);
    const before = api.store.revision;
    for (let i = 0; i < 3; i++) await api.run(SubmitTaskStateChange, running(task));
    await api.run(SubmitTaskStateChange, { task: task.taskArn, status: 'PENDING', containers: [] });
    expect(api.store.revision).toBe(before + 1);
    expect(stored(task)).toMatchObject({ lastStatus: 'RUNNING', version: task.version + 1 });
  });

  it('acknowledges tasks it does not know, and reports without a status', async () => {
    const ok = { acknowledgment: 'ok' };
    expect(await api.run(SubmitTaskStateChange, { task: 'arn:unknown', status: 'STOPPED' })).toEqual(ok);
    expect(await api.run(SubmitTaskStateChange, {})).toEqual(ok);
    const task = await newTaskOn(testScope);
    const attachments = [{ attachmentArn: 'a', status: 'ATTACHED' }];
    expect(await api.run(SubmitTaskStateChange, { task: task.taskArn, attachments })).toEqual(ok);
    expect(stored(task)).toBe(api.store.view.tasks.get(task.taskArn));
    expect(stored(task).version).toBe(task.version);
  });

  it('is heard from the account of the host only', async () => {
    const task = await newTaskOn(testScope);
    const stranger = asAccount('999988887777' as never);
    expect(await api.run(SubmitTaskStateChange, running(task), stranger)).toEqual({ acknowledgment: 'ok' });
    expect(stored(task).lastStatus).toBe('PENDING');
  });

  it('is heard from the platform for tasks in its pool, not from their owner', async () => {
    const task = await newTaskOn({ ...testScope, accountId: platformAccountId });
    await api.run(SubmitTaskStateChange, running(task));
    expect(stored(task).lastStatus).toBe('PENDING');
    await api.run(SubmitTaskStateChange, running(task), asAccount(platformAccountId));
    expect(stored(task).lastStatus).toBe('RUNNING');
  });

  it('with a status nobody knows is to be forgotten', async () => {
    const task = await newTaskOn(testScope);
    await expect(api.run(SubmitTaskStateChange, { task: task.taskArn, status: 'DANCING' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
  });
});

describe('SubmitContainerStateChange', () => {
  it('moves one container', async () => {
    const task = await newTaskOn(testScope);
    const input = { task: task.taskArn, containerName: 'app', status: 'RUNNING', runtimeId: 'r' };
    expect(await api.run(SubmitContainerStateChange, input)).toEqual({ acknowledgment: 'ok' });
    expect(stored(task)).toMatchObject({
      lastStatus: 'PENDING',
      containers: [{ lastStatus: 'RUNNING', runtimeId: 'r' }],
    });
  });
});

describe('SubmitAttachmentStateChanges', () => {
  it('is acknowledged', async () => {
    const attachments = [{ attachmentArn: 'a', status: 'ATTACHED' }];
    expect(await api.run(SubmitAttachmentStateChanges, { attachments })).toEqual({ acknowledgment: 'ok' });
  });
});
