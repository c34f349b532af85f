import { expect } from 'vitest';
import { afterMs, Ids, instantFromMs, integerBelow, type Logger, ManualClock, SeededRandom, silentLogger } from '#base';
import { type AccountId, clusterArn, defaultAccountId, type Region, rootArn, serviceArn, type Task } from '#model';
import { MemoryDisk, MemoryJournal } from '#store';
import { type ControlPlane, startControlPlane } from '../../src/main/control-plane.ts';
import { SimulatedAgent } from '../support/simulated-agent.ts';
import { loopback } from '../support/simulated-agent-loopback.ts';

const accountId: AccountId = defaultAccountId;
const region = 'us-east-1' as Region;
const principal = { type: 'root' as const, accountId, arn: rootArn(accountId) };
const cluster = clusterArn({ accountId, region }, 'c');

// oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted member by member
type Answer = any;

/** How long the simulation may take to get where a test waits for, in simulated time. */
const patienceMs = 2 * 3_600_000;

/** The real control plane, a simulated disk, clock and randomness, and hosts in memory: one process, one seed. */
export class SimulatedCluster implements AsyncDisposable {
  readonly clock = new ManualClock(instantFromMs(1_800_000_000_000));
  readonly agents: SimulatedAgent[] = [];
  readonly #random: SeededRandom;
  readonly #disk = new MemoryDisk();
  #controlPlane: ControlPlane | undefined;

  constructor(seed: number, hosts: number) {
    this.#random = new SeededRandom(seed);
    for (let index = 0; index < hosts; index++) {
      this.agents.push(
        new SimulatedAgent(
          { cluster: 'c', cpuUnits: 4096, memoryMiB: 8192, availabilityZone: `${region}${'abc'[index % 3]}` },
          {
            clock: this.clock,
            random: this.#random,
            call: (operation, input) => this.call(operation, input),
            connect: loopback({ principal }, { clock: this.clock, dispatcher: () => this.#controlPlane?.dispatcher }),
          },
        ),
      );
    }
  }

  async startControlPlane(): Promise<void> {
    this.#controlPlane = await startControlPlane(
      { version: 'test', region, masterKey: new Uint8Array(32).fill(1) },
      {
        journal: new MemoryJournal(this.#disk),
        clock: this.clock,
        random: this.#random,
        logger: process.env['SIMULATION_LOG'] === undefined ? silentLogger : printingLogger,
      },
    );
  }

  get controlPlane(): ControlPlane {
    if (this.#controlPlane === undefined) throw new Error('the control plane is down');
    return this.#controlPlane;
  }

  startAgents(): void {
    for (const agent of this.agents) agent.start();
  }

  async call(operation: string, input: object = {}): Promise<Answer> {
    const { api } = this.controlPlane;
    const requestId = new Ids(this.#random).uuid();
    return await api.call({
      service: 'ecs',
      operation,
      input,
      principal,
      region,
      requestId,
      endpoint: 'http://simulated',
    });
  }

  /** The process dies as it stands and another starts on the same disk. */
  async crashControlPlane(): Promise<void> {
    const dead = this.controlPlane;
    this.#controlPlane = undefined;
    this.#disk.crash();
    await Promise.resolve(dead[Symbol.asyncDispose]()).catch(() => {});
    await this.startControlPlane();
  }

  /** Lets what can run now run: promises that wait for nothing but each other. */
  async settle(): Promise<void> {
    for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Moves simulated time on; it stands still while anything else can run. */
  async advance(durationMs: number): Promise<void> {
    const until = afterMs(this.clock.now(), durationMs);
    await this.settle();
    for (let next = this.clock.nextTimerAt(); next !== undefined && next <= until; next = this.clock.nextTimerAt()) {
      this.clock.advanceTo(next);
      await this.settle();
    }
    this.clock.advanceTo(until);
  }

  /** Advances until the condition holds; fails with its name when it does not within two simulated hours. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const limit = this.clock.now() + patienceMs / 1000;
    await this.settle();
    while (!condition()) {
      const next = this.clock.nextTimerAt();
      if (next === undefined || next > limit) throw new Error(`never came true: ${what}; ${this.describe()}`);
      this.clock.advanceTo(next);
      await this.settle();
    }
  }

  draw(bound: number): number {
    return integerBelow(this.#random, bound);
  }

  /** One thing goes wrong somewhere. */
  async trouble(): Promise<void> {
    const agent = this.agents[this.draw(this.agents.length)];
    switch (this.draw(5)) {
      case 0:
        agent?.loseContainers();
        break;
      case 1:
        agent?.disconnect(this.draw(400_000));
        break;
      case 2:
        agent?.crash();
        await this.advance(this.draw(30_000));
        agent?.start();
        break;
      case 3:
        await this.crashControlPlane();
        break;
      default:
        await this.call('UpdateService', { cluster: 'c', service: 'web', desiredCount: this.draw(10) }).catch(() => {});
        await this.advance(this.draw(5_000));
        await this.call('UpdateService', { cluster: 'c', service: 'web', desiredCount: 6 });
    }
  }

  connectedHosts(): number {
    return [...this.controlPlane.store.view.containerInstances.all()].filter((host) => host.agentConnected).length;
  }

  serviceTasks(name: string): Task[] {
    return [...this.controlPlane.store.view.tasks.by('service', serviceArn({ accountId, region }, 'c', name))];
  }

  isSteady(name: string, count: number): boolean {
    const service = this.controlPlane.store.view.services.find(serviceArn({ accountId, region }, 'c', name));
    const live = this.serviceTasks(name).filter((task) => task.lastStatus !== 'STOPPED');
    return (
      service?.desiredCount === count &&
      service.deployments.length === 1 &&
      service.deployments[0]?.rolloutState === 'COMPLETED' &&
      live.length === count &&
      live.every((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING')
    );
  }

  serviceStatus(name: string): string | undefined {
    return this.controlPlane.store.view.services.find(serviceArn({ accountId, region }, 'c', name))?.status;
  }

  events(name: string): string[] {
    const arn = serviceArn({ accountId, region }, 'c', name);
    return [...this.controlPlane.store.view.serviceEvents.by('service', arn)].map((event) => event.message);
  }

  stoppedTasks(): number {
    return this.serviceTasks('web').filter((task) => task.lastStatus === 'STOPPED').length;
  }

  runningDefinitions(): string[] {
    return this.serviceTasks('web')
      .filter((task) => task.lastStatus === 'RUNNING')
      .map((task) => task.taskDefinitionArn);
  }

  /** Containers that really run on the hosts, whatever the control plane believes. */
  runningContainers(): number {
    return this.agents.reduce((sum, agent) => sum + agent.runningTasks.length, 0);
  }

  tasksPerHost(): number[] {
    return this.agents.map((agent) => agent.runningTasks.length);
  }

  /** What must hold at every moment. */
  assertSafe(): void {
    const { store, totals } = this.controlPlane;
    for (const host of store.view.containerInstances.by('cluster', cluster)) {
      const load = totals.instances.of(host.containerInstanceArn);
      expect(load.cpuUnits).toBeLessThanOrEqual(host.resources.cpuUnits);
      expect(load.memoryMiB).toBeLessThanOrEqual(host.resources.memoryMiB);
      const tasks = [...store.view.tasks.by('host', host.containerInstanceArn)];
      expect(load.cpuUnits).toBe(tasks.reduce((sum, task) => sum + task.reserves.cpuUnits, 0));
    }
    for (const task of store.view.tasks.all()) {
      expect(task.hostArn === undefined || store.view.containerInstances.has(task.hostArn)).toBe(true);
    }
  }

  describe(): string {
    const tasks = this.serviceTasks('web').filter((task) => task.lastStatus !== 'STOPPED');
    const states = tasks.map((task) => `${task.lastStatus}/${task.desiredStatus}`).join(' ');
    return `hosts ${this.connectedHosts()}, running ${this.tasksPerHost().join(',')}, tasks ${states}, events ${this.events('web').slice(-5).join(' | ')}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.agents) agent.crash();
    await this.#controlPlane?.[Symbol.asyncDispose]();
  }
}

export async function simulatedCluster(options: { seed: number; hosts: number }): Promise<SimulatedCluster> {
  const simulated = new SimulatedCluster(options.seed, options.hosts);
  await simulated.startControlPlane();
  return simulated;
}

const print =
  (level: string) =>
  (message: string, fields?: object): void =>
    console.log(level, message, JSON.stringify(fields));

/** For looking at a run: `SIMULATION_LOG=1`. */
const printingLogger: Logger = {
  debug: () => {},
  info: print('info'),
  warn: print('warn'),
  error: print('error'),
  child: () => printingLogger,
};
