import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ensureTestImage, type Installation, newInstallation } from '../support/installation.ts';
import { PrivateEngine } from '../support/private-engine.ts';
import { createWebService } from '../support/web-service.ts';

let engine: PrivateEngine;
let installation: Installation;

beforeAll(async () => {
  engine = new PrivateEngine();
  await engine.start();
  await ensureTestImage(engine.dockerHost);
  installation = await newInstallation({ DOCKER_HOST: engine.dockerHost });
  await installation.up();
  await createWebService(installation, { desiredCount: 2 });
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
  await engine?.[Symbol.asyncDispose]();
});

async function runningTasks(): Promise<Answer[]> {
  const { taskArns } = await installation.call('ListTasks', { cluster: 'c', serviceName: 'web' });
  if (taskArns.length === 0) return [];
  const { tasks } = await installation.call('DescribeTasks', { cluster: 'c', tasks: taskArns });
  return tasks.filter((task: Answer) => task.lastStatus === 'RUNNING');
}

/** Two tasks that answer on their addresses: what runs is what is said to run. */
async function bothAnswer(): Promise<Answer[]> {
  return await installation.until(
    'two tasks answer',
    async () => {
      const tasks = await runningTasks();
      if (tasks.length !== 2) return undefined;
      for (const task of tasks) {
        const address = task.attachments[0].details.find((each: Answer) => each.name === 'privateIPv4Address').value;
        const answer = await fetch(`http://${address}:8080/`, { signal: AbortSignal.timeout(2_000) });
        await answer.arrayBuffer();
      }
      return tasks;
    },
    120_000,
  );
}

describe('a Docker Engine that restarts', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s: the service is whole again, and every end has its reason',
    async (signal) => {
      const before = await bothAnswer();
      await engine.end(signal);
      await engine.start();
      const after = await bothAnswer();
      const known = new Set(after.map((task) => task.taskArn));
      const gone = before.map((task) => task.taskArn).filter((arn) => !known.has(arn));
      if (gone.length === 0) return;
      const { tasks } = await installation.call('DescribeTasks', { cluster: 'c', tasks: gone });
      for (const task of tasks) {
        expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' });
        expect(task.stoppedReason).toBe('Essential container in task exited');
      }
    },
  );
});
