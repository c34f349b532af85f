import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../../support/installation.ts';
import { DefinitionWorld, shell, told } from './world.ts';

let world: DefinitionWorld;
beforeAll(async () => {
  world = await DefinitionWorld.start();
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

const sh = (script: string): { command: string[] } => ({ command: ['sh', '-c', script] });
/** Runs until it is told to end. */
const stays = 'while :; do sleep 0.1; done';
const dependsOn = (...pairs: [string, string][]): object[] =>
  pairs.map(([containerName, condition]) => ({ containerName, condition }));

test('dependsOn: START, COMPLETE, SUCCESS and HEALTHY hold a container back; the stop goes the other way', async () => {
  mkdirSync(`${world.folder}/log`);
  const logged = (name: string, then = stays): { command: string[] } =>
    sh(`trap 'echo "${name} ends" >> /log/log; exit 0' TERM; echo "${name}" >> /log/log; ${then}`);
  const healthCheck = { command: ['CMD-SHELL', 'test -f /tmp/well'], interval: 5, startPeriod: 60, retries: 1 };
  const mountPoints = [{ sourceVolume: 'log', containerPath: '/log' }];
  const other = (name: string, more: object): Answer => ({ name, mountPoints, stopTimeout: 20, ...more });
  const taskArn = await world.run({ volumes: [{ name: 'log', host: { sourcePath: `${world.folder}/log` } }] }, [
    other('last', { ...logged('last'), dependsOn: dependsOn(['well', 'HEALTHY'], ['begun', 'START']) }),
    other('begun', { ...logged('begun'), dependsOn: dependsOn(['good', 'SUCCESS']), healthCheck: undefined }),
    other('well', {
      ...logged('well', `touch /tmp/well; ${stays}`),
      healthCheck,
      dependsOn: dependsOn(['good', 'SUCCESS']),
    }),
    other('good', {
      ...logged('good', 'sleep 0.3; exit 0'),
      essential: false,
      dependsOn: dependsOn(['bad', 'COMPLETE']),
    }),
    other('bad', { ...logged('bad', 'sleep 0.3; exit 3'), essential: false }),
  ]);
  const running = await world.reaches(taskArn, 'RUNNING');
  const lines = (): string[] => readFileSync(`${world.folder}/log/log`, 'utf8').trim().split('\n');
  await world.installation.until('all have begun', async () => lines().length === 5);
  const [bad, good, ...rest] = lines();
  expect([bad, good]).toEqual(['bad', 'good']);
  expect(rest.slice(0, 2).toSorted()).toEqual(['begun', 'well']);
  expect(rest[2]).toBe('last');
  const codes = running.containers.map(({ name, exitCode }: Answer) => [name, exitCode]);
  expect(codes).toEqual(
    expect.arrayContaining([
      ['good', 0],
      ['bad', 3],
    ]),
  );
  await world.stop(taskArn);
  const ends = lines().slice(5);
  expect(ends[0]).toBe('last ends');
  expect(ends.slice(1).toSorted()).toEqual(['begun ends', 'well ends']);
});

test('startTimeout: a dependency that takes longer ends who waits for it, and so the task', async () => {
  const healthCheck = { command: ['CMD-SHELL', 'false'], interval: 5, retries: 10 };
  const taskArn = await world.run({}, [
    { name: 'app', ...sh(stays), dependsOn: dependsOn(['slow', 'HEALTHY']) },
    { name: 'slow', ...sh(`trap 'exit 0' TERM; ${stays}`), healthCheck, startTimeout: 2 },
  ]);
  const { containers, stopCode, stoppedReason } = await world.reaches(taskArn, 'STOPPED');
  const app = containers.find(({ name }: Answer) => name === 'app');
  expect(app).toMatchObject({
    exitCode: 143,
    reason: 'CannotStartContainerError: dependency graph: container slow did not reach HEALTHY within 2 seconds',
  });
  expect(app).not.toHaveProperty('runtimeId');
  expect({ stopCode, stoppedReason }).toEqual({
    stopCode: 'TaskFailedToStart',
    stoppedReason: app.reason,
  });
});

test('healthCheck: failures within startPeriod do not count', async () => {
  const healthCheck = { command: ['CMD-SHELL', 'test -f /tmp/well'], interval: 5, retries: 1, startPeriod: 20 };
  const seen = new Set<string>();
  const taskArn = await world.run({}, [{ name: 'app', ...sh(`sleep 6; touch /tmp/well; ${stays}`), healthCheck }]);
  await world.installation.until('it is well', async () => {
    const { containers } = await world.task(taskArn);
    seen.add(containers[0].healthStatus);
    return containers[0].healthStatus === 'HEALTHY';
  });
  expect([...seen].toSorted()).toEqual(['HEALTHY', 'UNKNOWN']);
  const { Health } = (await world.inspected(taskArn, 'app')).State;
  expect(Health.Log.map(({ ExitCode }: Answer) => ExitCode)).toEqual([1, 0]);
});

test('essential: the end of another is reported while the task runs on, that of an essential one ends it', async () => {
  const taskArn = await world.run({}, [
    { name: 'app', ...sh(`trap 'exit 9' USR1; ${stays}`) },
    { name: 'side', ...sh('exit 4'), essential: false },
  ]);
  await world.installation.until('the side is over', async () => {
    const { containers, lastStatus } = await world.task(taskArn);
    return lastStatus === 'RUNNING' && containers.some(({ exitCode }: Answer) => exitCode === 4);
  });
  shell(`docker kill -s USR1 ${await world.runtimeId(taskArn, 'app')}`);
  expect(await world.reaches(taskArn, 'STOPPED')).toMatchObject({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ exitCode: 9 }, { exitCode: 4 }],
  });
});

test('stopTimeout: the stop signal first, SIGKILL after it', async () => {
  const deaf = sh(`trap '' TERM; ${told({ ready: 'true' })}`);
  const taskArn = await world.run({}, [
    { name: 'deaf', ...deaf, stopTimeout: 2 },
    { name: 'polite', ...sh(`trap 'exit 5' TERM; ${stays}`), stopTimeout: 60 },
  ]);
  await world.facts(taskArn, 'deaf');
  await world.reaches(taskArn, 'RUNNING');
  const { containers } = await world.stop(taskArn);
  expect(containers.map(({ name, exitCode }: Answer) => [name, exitCode])).toEqual([
    ['deaf', 137],
    ['polite', 5],
  ]);
});

test('an essential container without memory left, and a task that nobody can start, say so', async () => {
  const hungry = await world.run({}, [{ name: 'app', memory: 16, ...sh('tail /dev/zero') }]);
  expect(await world.reaches(hungry, 'STOPPED')).toMatchObject({
    stopCode: 'EssentialContainerExited',
    containers: [{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
  });
  const lost = await world.run({}, [{ name: 'app', command: ['/no/such/program'] }]);
  const { stopCode, containers } = await world.reaches(lost, 'STOPPED');
  expect(stopCode).toBe('TaskFailedToStart');
  expect(containers[0].reason).toMatch(/^CannotStartContainerError: Error response from daemon: .*no such file/s);
  const device = { hostPath: '/dev/no-such-device', containerPath: '/dev/x' };
  const refused = await world.run({}, [{ name: 'app', linuxParameters: { devices: [device] } }]);
  const ended = await world.reaches(refused, 'STOPPED');
  expect(ended.containers[0].reason).toMatch(/^Cannot(Create|Start)ContainerError: Error response from daemon: /);
});
