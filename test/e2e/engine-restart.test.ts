import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  engine as dockerOf,
  endProcess,
  ensureTestImage,
  type Installation,
  newInstallation,
} from '../support/installation.ts';
import { PrivateEngine } from '../support/private-engine.ts';
import { createWebService } from '../support/web-service.ts';

let engine: PrivateEngine;
let installation: Installation;

beforeAll(async () => {
  engine = new PrivateEngine();
  await engine.start();
  await ensureTestImage(engine.dockerHost);
  // Without namespaces that wait for tasks: what runs is counted.
  installation = await newInstallation({ DOCKER_HOST: engine.dockerHost, ROADSTEAD_WARM_SANDBOXES: '0' });
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

/** Of the tasks that were, those that are no more: each says that its essential container ended. */
async function endedSince(before: readonly Answer[], after: readonly Answer[]): Promise<Answer[]> {
  const known = new Set(after.map((task) => task.taskArn));
  const gone = before.map((task) => task.taskArn).filter((arn) => !known.has(arn));
  if (gone.length === 0) return [];
  const { tasks } = await installation.call('DescribeTasks', { cluster: 'c', tasks: gone });
  for (const task of tasks) {
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' });
    expect(task.stoppedReason).toBe('Essential container in task exited');
  }
  return tasks;
}

/** Which processes run: of each container its id, main process and start. */
async function processes(): Promise<string[]> {
  const runtime = dockerOf(engine.dockerHost);
  try {
    const running = (await runtime.listContainers(['roadstead.container-instance-arn'])).filter(
      ({ state }) => state === 'running',
    );
    const facts = await Promise.all(running.map(({ id }) => runtime.inspectContainer(id)));
    return facts.map((one) => `${one?.id} ${one?.pid} ${one?.startedAtMs}`).toSorted();
  } finally {
    runtime.close();
  }
}

describe('a Docker Engine that restarts', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s: the service is whole again, and every end has its reason',
    async (signal) => {
      const before = await bothAnswer();
      await engine.end(signal);
      await engine.start();
      await endedSince(before, await bothAnswer());
    },
  );

  it('and lets its containers live: the tasks are adopted as they are, none is doubled', async () => {
    engine.flags = ['--live-restore'];
    await engine.end('SIGTERM');
    await engine.start();
    const before = await bothAnswer();
    const ran = await processes();
    await engine.end('SIGKILL');
    await engine.start();
    const after = await bothAnswer();
    const arns = (tasks: readonly Answer[]): Set<string> => new Set(tasks.map(({ taskArn }) => taskArn));
    expect(arns(after)).toEqual(arns(before));
    expect(await processes()).toEqual(ran);
  });
});

it('a host that loses its power: its tasks have ended when it is back, and the service is whole', async () => {
  const before = await bothAnswer();
  await endProcess(installation.pid('server'), 'SIGKILL');
  await endProcess(installation.pid('agent'), 'SIGKILL');
  await engine.loseAll();
  await engine.start();
  await installation.up();
  const after = await bothAnswer();
  const ended = await endedSince(before, after);
  expect(ended).toHaveLength(2);
  for (const { containers } of ended) expect(containers[0].exitCode).toBeGreaterThan(0);
  // One container and one namespace holder each.
  await installation.until('nothing else runs', async () => (await processes()).length === 4);
});
