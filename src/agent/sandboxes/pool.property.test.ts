import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PayloadTask } from '#wire/link';
import { awsvpcTask, SimulatedHost } from '../testing-host.ts';
import { spareLabel } from './pool.ts';

const max = 5;

/** One run of the agent's process: after `callsLeft` calls of the world around it, it is dead and nobody hears of it. */
interface Life {
  callsLeft: number;
}

/** The same object until the process that uses it is dead: then every call is never answered, and never made. */
function mortal<T extends object>(target: T, life: Life): T {
  return new Proxy(target, {
    get(_object, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (life.callsLeft <= 0) return new Promise(() => {});
        life.callsLeft -= 1;
        return value.apply(target, args) as unknown;
      };
    },
  });
}

/** A host on which the agent's process may die before any of its calls. */
class MortalHost {
  readonly host: SimulatedHost;
  readonly #real: Pick<SimulatedHost, 'runtime' | 'state' | 'network' | 'cgroups' | 'controlPlane'>;
  #life: Life = { callsLeft: 0 };

  constructor(seed: number) {
    this.host = new SimulatedHost({ createMs: 5, startMs: 40, pullMs: 10 }, seed);
    const { runtime, state, network, cgroups, controlPlane } = this.host;
    this.#real = { runtime, state, network, cgroups, controlPlane };
  }

  get real() {
    return this.#real;
  }

  async start(): Promise<void> {
    this.#life = { callsLeft: Number.POSITIVE_INFINITY };
    const { runtime, state, network, cgroups, controlPlane } = this.#real;
    const around = { runtime, state, network, cgroups };
    const wrapped = Object.fromEntries(Object.entries(around).map(([name, each]) => [name, mortal(each, this.#life)]));
    Object.assign(this.host, wrapped, { controlPlane: this.#mortalPlane(controlPlane, this.#life) });
    await this.host.start({ warmSandboxes: max });
    Object.assign(this.host, this.#real);
  }

  dieAfter(calls: number): void {
    this.#life.callsLeft = calls;
  }

  get dead(): boolean {
    return this.#life.callsLeft <= 0;
  }

  /** Another process begins, whatever became of the one before, and is told again what may not have been taken. */
  async startAgain(tasks: readonly PayloadTask[]): Promise<void> {
    this.dieAfter(0);
    this.#real.controlPlane.disconnect('cut');
    await this.host.pass(100);
    await this.start();
    if (tasks.length > 0) this.#real.controlPlane.assign(...tasks);
  }

  #mortalPlane(plane: SimulatedHost['controlPlane'], life: Life): SimulatedHost['controlPlane'] {
    const proxy = mortal(plane, life);
    const connect: typeof plane.connect = (...args) =>
      life.callsLeft <= 0 ? new Promise(() => {}) : plane.connect(...args);
    return new Proxy(proxy, { get: (object, name) => (name === 'connect' ? connect : Reflect.get(object, name)) });
  }

  /** Holders and spares on the engine: nobody's namespace is anybody else's, and nothing of a task is in a spare. */
  async check(): Promise<void> {
    const tasks = [...(this.host.agent?.tasks ?? [])];
    const holders = tasks.flatMap(({ containers }) => containers.find(({ internal }) => internal)?.runtimeId ?? []);
    expect(new Set(holders).size).toBe(holders.length);
    const { runtime, network } = this.#real;
    const spares = (await runtime.listContainers([spareLabel])).filter(({ id }) => !holders.includes(id));
    expect(spares.length).toBeLessThanOrEqual(max);
    const usedPids = new Set([...network.attached.values()].map(({ pid }) => pid));
    for (const { id } of spares) expect(usedPids).not.toContain((await runtime.inspectContainer(id))?.pid);
    for (const task of tasks.filter(({ reached }) => reached === 'RUNNING')) {
      const eni = task.payload.elasticNetworkInterfaces?.[0];
      const facts = await runtime.inspectContainer(task.containers[0]?.runtimeId ?? '');
      expect(network.attached.get(eni?.ec2Id ?? '')).toEqual({
        address: eni?.ipv4Addresses[0]?.privateAddress,
        pid: facts?.pid,
      });
    }
  }

  /** Every task stopped, and the agent ended in good order: nothing at all is left. */
  async end(tasks: readonly PayloadTask[]): Promise<void> {
    const { controlPlane, runtime, network, cgroups } = this.#real;
    for (const task of tasks) controlPlane.stop(task);
    await this.host.pass(60_000);
    for (const { arn } of tasks) expect(controlPlane.statusesOf(arn).at(-1)).toBe('STOPPED');
    expect(network.attached.size).toBe(0);
    expect(cgroups.groups.size).toBe(0);
    await this.host.pass(20 * 60_000);
    expect((await runtime.listContainers([])).every(({ labels }) => spareLabel in labels)).toBe(true);
    await this.host.crash();
    expect(await runtime.listContainers([])).toEqual([]);
  }
}

function taskAt(host: SimulatedHost, last: number): PayloadTask {
  const task = awsvpcTask(host);
  const enis = (task.elasticNetworkInterfaces ?? []).map((eni) => ({
    ...eni,
    ipv4Addresses: [{ privateAddress: `172.31.0.${last}`, primary: true }],
    privateDnsName: `ip-172-31-0-${last}.ec2.internal`,
  }));
  return { ...task, elasticNetworkInterfaces: enis };
}

test('a process that dies before any of its calls leaves nothing that the next one does not know', async () => {
  let calls = 0;
  for (let died = true; died; calls++) {
    const world = new MortalHost(1);
    const { host } = world;
    await world.start();
    const tasks = [taskAt(host, 10), taskAt(host, 11)];
    await host.run(...tasks);
    await host.pass(5000);
    tasks.push(taskAt(host, 12), taskAt(host, 13), taskAt(host, 14));
    world.dieAfter(calls);
    await host.run(...tasks.slice(2));
    // Spares are made again meanwhile.
    await host.pass(5000);
    ({ dead: died } = world);
    await world.startAgain(tasks);
    await host.pass(10_000);
    await world.check();
    for (const { arn } of tasks) expect(world.real.controlPlane.statusesOf(arn).at(-1)).toBe('RUNNING');
    await world.end(tasks);
  }
  expect(calls).toBeGreaterThan(50);
}, 60_000);

const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('tasks' as const), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('stop' as const), count: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('die' as const), count: fc.nat(80) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('outage' as const), count: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('kill' as const), count: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('remove' as const), count: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('skip' as const), count: fc.nat(3) }) },
);
const story = fc.record({
  seed: fc.nat(1000),
  events: fc.array(fc.tuple(event, fc.constantFrom(0, 20, 100, 3000, 40 * 60_000)), { maxLength: 14 }),
});

test("whatever happens, spares are bounded, nobody else's, and gone in the end", async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ seed, events }) => {
      const world = new MortalHost(seed);
      const { host } = world;
      const { runtime, controlPlane } = world.real;
      await world.start();
      const tasks: PayloadTask[] = [];
      const stopped = new Set<string>();
      let address = 10;
      for (const [{ what, count }, afterMs] of events) {
        if (what === 'tasks') {
          const fresh = Array.from({ length: count }, () => taskAt(host, address++));
          tasks.push(...fresh);
          controlPlane.assign(...fresh);
        } else if (what === 'stop' && tasks.length > 0) {
          const task = tasks[count % tasks.length]!;
          stopped.add(task.arn);
          controlPlane.stop(task);
        }
        if (what === 'die') {
          world.dieAfter(count);
          await host.pass(500);
          await world.startAgain(tasks.filter(({ arn }) => !stopped.has(arn)));
        } else if (what === 'outage') {
          runtime.outage({ containersLive: count === 0 });
          await host.pass(2000);
          runtime.restart();
        } else if (what === 'kill' || what === 'remove') {
          const all = (await runtime.listContainers([])).filter(
            ({ state }) => what === 'remove' || state === 'running',
          );
          const victim = all[count % Math.max(1, all.length)];
          if (victim !== undefined && what === 'kill') await runtime.killContainer(victim.id);
          else if (victim !== undefined) await runtime.removeContainer(victim.id);
        } else if (what === 'skip') address += count;
        await host.pass(afterMs);
      }
      await host.pass(6 * 60_000);
      await world.check();
      await world.end(tasks);
    }),
    { numRuns: 60 },
  );
}, 60_000);
