import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DockerRuntime } from '#agent';
import { integerBelow, SeededRandom } from '#base';
import { type Answer, endProcess, engine, type Installation, startedInstallation } from '../support/installation.ts';
import { createWebService } from '../support/web-service.ts';

/** Blows per run; a longer one: `ROADSTEAD_CHURN_ROUNDS=500 vitest run --project e2e-alone test/e2e/churn.test.ts`. */
const rounds = Number(process.env['ROADSTEAD_CHURN_ROUNDS'] ?? 20);
const seed = Number(process.env['ROADSTEAD_CHURN_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
const blows = ['container', 'container', 'container', 'agent', 'server', 'scale'] as const;
const wanted = 6;

let installation: Installation;
let runtime: DockerRuntime;

beforeAll(async () => {
  runtime = engine();
  installation = await startedInstallation();
  await createWebService(installation, { desiredCount: wanted });
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
  runtime?.close();
});

async function runningTasks(): Promise<Answer[]> {
  const { taskArns } = await installation.call('ListTasks', { cluster: 'c', serviceName: 'web' });
  if (taskArns.length === 0) return [];
  const { tasks } = await installation.call('DescribeTasks', { cluster: 'c', tasks: taskArns });
  return tasks.filter((task: Answer) => task.lastStatus === 'RUNNING');
}

async function steady(): Promise<Answer[]> {
  const isSteady = async (): Promise<Answer[] | undefined> => {
    const tasks = await runningTasks();
    const { services } = await installation.call('DescribeServices', { cluster: 'c', services: ['web'] });
    const [{ runningCount, pendingCount }] = services;
    return tasks.length === wanted && runningCount === wanted && pendingCount === 0 ? tasks : undefined;
  };
  return await installation.until('the service is whole', isSteady, 120_000);
}

async function strike(blow: (typeof blows)[number], random: SeededRandom): Promise<void> {
  switch (blow) {
    case 'container': {
      const tasks = await runningTasks();
      const victim = tasks[integerBelow(random, Math.max(1, tasks.length))];
      // It may have ended by itself meanwhile.
      if (victim !== undefined) await runtime.killContainer(victim.containers[0].runtimeId, 'SIGKILL').catch(() => {});
      return;
    }
    case 'agent':
      return endProcess(installation.pid('agent'), 'SIGKILL');
    case 'server':
      await endProcess(installation.pid('server'), 'SIGKILL');
      return installation.up();
    case 'scale':
      await installation.call('UpdateService', {
        cluster: 'c',
        service: 'web',
        desiredCount: 3 + integerBelow(random, 5),
      });
  }
}

it(`${rounds} kills of containers, agent and control plane leave a whole service and nothing else (seed ${seed})`, async () => {
  const random = new SeededRandom(seed);
  await steady();
  for (let round = 0; round < rounds; round++) {
    await strike(blows[integerBelow(random, blows.length)] ?? 'container', random);
    await new Promise((resolve) => setTimeout(resolve, integerBelow(random, 1_000)));
  }
  await installation.call('UpdateService', { cluster: 'c', service: 'web', desiredCount: wanted });
  // A container that was killed last may still count as running when the service first looks whole.
  const tasks = await installation.until('only the containers of its tasks run', async () => {
    const whole = await steady();
    const known = new Set(whole.map((task) => task.containers[0].runtimeId));
    const containers = await runtime.listContainers(['com.amazonaws.ecs.container-name=web']);
    const instanceOf = ({ labels }: (typeof containers)[number]) => labels['roadstead.container-instance-arn'];
    const own = new Set(containers.filter(({ id }) => known.has(id)).map(instanceOf));
    const running = containers.filter((each) => each.state === 'running' && own.has(instanceOf(each)));
    return running.length === wanted && running.every(({ id }) => known.has(id)) ? whole : undefined;
  });
  for (const task of tasks) {
    const address = task.attachments[0].details.find((each: Answer) => each.name === 'privateIPv4Address').value;
    const answer = await fetch(`http://${address}:8080/`, { signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    expect(answer.status).toBeLessThan(500);
  }
});
