import { expect, test } from 'vitest';
import type { AgentDeps } from '#agent';
import { SeededRandom, silentLogger } from '#base';
import { defaultAccountId, type Principal, type Region, rootArn, type Task } from '#model';
import { MemoryDisk, MemoryJournal } from '#store';
import { SimulatedHost } from '../../src/agent/testing-host.ts';
import { type ControlPlane, startControlPlane } from '../../src/main/control-plane.ts';
import { loopback } from '../support/simulated-agent-loopback.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted member by member
type Answer = any;

const minute = 60_000;
const region = 'us-east-1' as Region;
const principal: Principal = { type: 'root', accountId: defaultAccountId, arn: rootArn(defaultAccountId) };

/** The real control plane over a disk in memory, and the real agent over a simulated engine, under one clock. */
class World {
  readonly host = new SimulatedHost({ startMs: 500 });
  readonly #disk = new MemoryDisk();
  readonly #random = new SeededRandom(11);
  readonly #link: (channel: 'acs' | 'tcs', query: URLSearchParams) => ReturnType<ReturnType<typeof loopback>>;
  plane: ControlPlane | undefined;
  /** Reports that arrived and whose answer did not. */
  lostAnswers = 0;

  constructor() {
    this.#link = loopback({ principal }, { clock: this.host.clock, dispatcher: () => this.plane?.dispatcher });
  }

  async start(): Promise<void> {
    const journal = new MemoryJournal(this.#disk);
    const { clock } = this.host;
    const options = { version: 'test', region, masterKey: new Uint8Array(32).fill(7) };
    const starting = startControlPlane(options, { journal, clock, random: this.#random, logger: silentLogger });
    this.plane = await this.#settled(starting);
  }

  async stop(): Promise<void> {
    const { plane } = this;
    this.plane = undefined;
    await this.#settled(Promise.resolve(plane?.[Symbol.asyncDispose]()));
  }

  async call(operation: string, input: object = {}, service = 'ecs'): Promise<Answer> {
    return await this.#settled(this.#call(operation, input, service));
  }

  get link(): Pick<AgentDeps, 'api' | 'connect'> {
    return {
      api: {
        registerContainerInstance: async (input) =>
          (await this.#call('RegisterContainerInstance', input)).containerInstance,
        discoverPollEndpoint: (input) => this.#call('DiscoverPollEndpoint', input),
        submitTaskStateChange: async (input) => {
          await this.#call('SubmitTaskStateChange', input);
          if (this.lostAnswers <= 0) return;
          this.lostAnswers -= 1;
          throw new Error('socket hang up');
        },
      },
      connect: async (url) => {
        const { pathname, searchParams } = new URL(url);
        return this.#link(pathname.startsWith('/acs') ? 'acs' : 'tcs', searchParams).connection;
      },
    };
  }

  tasks(): Task[] {
    return [...(this.plane?.store.view.tasks.all() ?? [])];
  }

  /** Running containers, without those that hold namespaces. */
  async running(): Promise<number> {
    return (await this.host.running()).length;
  }

  async #call(operation: string, input: object, service = 'ecs'): Promise<Answer> {
    if (this.plane === undefined) throw new Error('connect ECONNREFUSED');
    const endpoint = 'http://control-plane';
    return await this.plane.api.call({ service, operation, input, principal, region, requestId: 'r', endpoint });
  }

  /** What waits for timers of the clock that stands still. */
  async #settled<T>(work: Promise<T>): Promise<T> {
    const waiting = { for: true };
    const done = work.finally(() => {
      waiting.for = false;
    });
    done.catch(() => {});
    while (waiting.for) await this.host.pass(1);
    return await done;
  }
}

test('an hour without the control plane: what ran runs, what ended is told once, and the service is whole again', async () => {
  const world = new World();
  const { host } = world;
  await world.start();
  await host.start({ usagePollMs: 10_000 }, undefined, world.link);
  const define = (family: string) =>
    world.call('RegisterTaskDefinition', {
      family,
      containerDefinitions: [{ name: 'app', image: 'app:1', cpu: 128, memory: 64 }],
    });
  await define('web');
  const jobs = ['job0', 'job1', 'job2'];
  for (const job of jobs) await define(job);
  await world.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 4 });
  for (const job of jobs.slice(1)) await world.call('RunTask', { taskDefinition: job });
  await host.pass(minute);
  expect(world.tasks().map(({ lastStatus }) => lastStatus)).toEqual(Array(6).fill('RUNNING'));
  const before = new Set(world.tasks().map(({ taskArn }) => taskArn));
  const usage = await world.call('DescribeUsage', { tasks: [...before] }, 'roadstead');
  expect(usage.tasks).toHaveLength(6);

  // One more, of which nothing but its order arrives; and answers that are lost, so that reports come twice.
  await world.call('RunTask', { taskDefinition: 'job0' });
  world.lostAnswers = 3;
  await host.pass(100);
  await world.stop();
  await host.pass(20 * minute);
  host.runtime.endContainer('-web-', 3);
  await host.pass(20 * minute);
  for (const job of jobs) host.runtime.endContainer(`-${job}-`, 0);
  await host.pass(20 * minute);
  expect(await world.running()).toBe(3);
  await world.start();
  world.lostAnswers = 3;
  await host.pass(5 * minute);

  const tasks = world.tasks();
  const ended = tasks.filter(({ lastStatus }) => lastStatus === 'STOPPED');
  expect(ended).toHaveLength(4);
  for (const task of ended) {
    expect(task).toMatchObject({ stopCode: 'EssentialContainerExited', startedAt: expect.any(Number) });
    expect(task.containers[0]?.exitCode).toBe(task.group === 'service:web' ? 3 : 0);
    expect((task.stoppedAt ?? 0) - (task.executionStoppedAt ?? 0)).toBeGreaterThan(15 * 60);
  }
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  expect(running).toHaveLength(4);
  expect(running.filter(({ taskArn }) => before.has(taskArn))).toHaveLength(3);
  expect(await world.running()).toBe(4);
  const { services } = await world.call('DescribeServices', { services: ['web'] });
  expect(services[0]).toMatchObject({ runningCount: 4, pendingCount: 0 });

  // Every step of every task is told as one event, in order.
  const { events } = await world.call('ListEvents', {}, 'roadstead');
  const told = events.filter(({ detailType }: Answer) => detailType === 'ECS Task State Change');
  const versions = Map.groupBy<string, number>(
    told.map(({ detail }: Answer) => JSON.parse(detail)).map((detail: Answer) => [detail.taskArn, detail.version]),
    (pair: Answer) => pair[0],
  );
  for (const { taskArn, version } of tasks) {
    const seen = (versions.get(taskArn) ?? []).map((pair: Answer) => pair[1]);
    expect(seen).toEqual(Array.from({ length: version }, (_, i) => i + 1));
  }
  await world.stop();
  await host.crash();
});
