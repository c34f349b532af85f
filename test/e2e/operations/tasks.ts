import { expect } from 'vitest';
import type { OperationDriver } from './driver.ts';

/** A cluster with one real container instance, and a task definition whose container sleeps on the host's network. */
export interface RealHost {
  readonly cluster: string;
  readonly containerInstance: string;
  readonly taskDefinition: string;
}

/** Two real tasks from their start to their stop, with what their agent reports said once more. */
export async function driveTasks(driver: OperationDriver, host: RealHost): Promise<void> {
  const { cluster, containerInstance, taskDefinition } = host;
  const enableExecuteCommand = true;
  const ran = await driver.answer('RunTask', { cluster, taskDefinition, startedBy: 'driven', enableExecuteCommand });
  const started = await driver.answer('StartTask', {
    cluster,
    taskDefinition,
    containerInstances: [containerInstance],
    startedBy: 'driven',
  });
  expect([ran.failures, started.failures]).toEqual([[], []]);
  const tasks: string[] = [ran.tasks[0].taskArn, started.tasks[0].taskArn];
  await reach(driver, { cluster, tasks }, 'RUNNING');
  const listed = await driver.answer('ListTasks', { cluster, startedBy: 'driven' });
  expect(listed.taskArns.toSorted()).toEqual(tasks.toSorted());
  const described = await driver.answer('DescribeTasks', { cluster, tasks });
  expect(described).toMatchObject({ tasks: [{ containerInstanceArn: containerInstance }, {}], failures: [] });
  const [task] = tasks;
  // The aws CLI would go on to the session, with a plugin of its own.
  const session = await driver.outcomeBySdk('ExecuteCommand', { cluster, task, command: 'ls', interactive: true });
  expect(session).toMatchObject({ answer: { containerName: 'main', session: { sessionId: expect.any(String) } } });
  const repeated = { cluster, task, status: 'RUNNING' };
  expect(await driver.answer('SubmitTaskStateChange', repeated)).toEqual({ acknowledgment: 'ok' });
  const container = { ...repeated, containerName: 'main' };
  expect(await driver.answer('SubmitContainerStateChange', container)).toEqual({ acknowledgment: 'ok' });
  const attachments = { cluster, attachments: [{ attachmentArn: `${task}/eni`, status: 'ATTACHED' }] };
  expect(await driver.answer('SubmitAttachmentStateChanges', attachments)).toEqual({ acknowledgment: 'ok' });
  for (const each of tasks) {
    const stopped = await driver.answer('StopTask', { cluster, task: each, reason: 'enough' });
    expect(stopped.task).toMatchObject({ desiredStatus: 'STOPPED', stopCode: 'UserInitiated' });
  }
  const ended = await reach(driver, { cluster, tasks }, 'STOPPED');
  expect(ended).toMatchObject([{ stoppedReason: 'enough' }, { stoppedReason: 'enough' }]);
}

async function reach(driver: OperationDriver, asked: { cluster: string; tasks: string[] }, lastStatus: string) {
  return await driver.installation.until(`the tasks are ${lastStatus}`, async () => {
    const { tasks } = await driver.installation.call('DescribeTasks', asked);
    return tasks.every((task: { lastStatus: string }) => task.lastStatus === lastStatus) && tasks;
  });
}
