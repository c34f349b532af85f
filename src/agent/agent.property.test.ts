import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SimulatedRuntime } from './runtime/simulated.ts';
import { payloadContainer, payloadTask } from './testing.ts';
import { SimulatedHost } from './testing-host.ts';

const conditions = ['START', 'COMPLETE', 'SUCCESS', 'HEALTHY'] as const;
const container = fc.record({
  essential: fc.boolean(),
  dependsOn: fc.option(fc.constantFrom(...conditions), { nil: undefined }),
  endsAfterMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
  exitCode: fc.constantFrom(0, 0, 1),
  startFails: fc.constantFrom(false, false, false, true),
  restarts: fc.boolean(),
});
const trouble = fc.record({
  atMs: fc.integer({ min: 0, max: 30_000 }),
  what: fc.constantFrom(
    'crash',
    'outage',
    'deadly outage',
    'disconnect',
    'submit fails',
    'kill',
    'stop one',
    'slow starts',
    'slow creates',
    'full disk',
  ),
  which: fc.nat(9),
});
const story = fc.record({
  seed: fc.nat(1000),
  sharedProcesses: fc.boolean(),
  tasks: fc.array(fc.tuple(fc.boolean(), fc.array(container, { minLength: 1, maxLength: 4 })), {
    minLength: 1,
    maxLength: 4,
  }),
  troubles: fc.array(trouble, { maxLength: 5 }),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

function build(host: SimulatedHost, { tasks, sharedProcesses }: Story): ReturnType<typeof payloadTask>[] {
  return tasks.map(([awsvpc, containers], index) => {
    const eni = {
      attachmentArn: 'a',
      ec2Id: `eni-${host.ids.hex(17)}`,
      macAddress: '0a:00:00:00:00:01',
      index: 0,
      interfaceAssociationProtocol: 'default',
      ipv4Addresses: [{ privateAddress: `172.31.0.${index + 10}`, primary: true }],
      subnetGatewayIpv4Address: '172.31.0.1/20',
      privateDnsName: 'name',
    };
    return payloadTask(
      host.ids,
      {},
      {
        family: `t${index}`,
        ...(sharedProcesses ? { pidMode: 'task' } : {}),
        ...(awsvpc ? { networkMode: 'awsvpc' as const, elasticNetworkInterfaces: [eni] } : {}),
        containers: containers.map(({ essential, dependsOn, restarts }, position) =>
          payloadContainer({
            name: `c${position}`,
            essential: essential || position === 0,
            healthCheckType: 'docker',
            startTimeout: 5,
            stopTimeout: 2,
            restartPolicy: { enabled: restarts, restartAttemptPeriod: 1 },
            ...(dependsOn === undefined || position === 0
              ? {}
              : { dependsOn: [{ containerName: `c${position - 1}`, condition: dependsOn }] }),
          }),
        ),
      },
    );
  });
}

/** For ten seconds the engine takes five minutes over what it is asked, or nothing can be kept on disk. */
function hinder(host: SimulatedHost, what: 'slow starts' | 'slow creates' | 'full disk'): void {
  const { clock, runtime, state } = host;
  const pause = (): Promise<void> => new Promise((resolve) => void clock.setTimer(5 * 60_000, resolve));
  if (what === 'slow starts') {
    runtime.startContainer = async (id) => {
      await pause();
      return SimulatedRuntime.prototype.startContainer.call(runtime, id);
    };
  } else if (what === 'slow creates') {
    runtime.createContainer = async (name, body) => {
      await pause();
      return SimulatedRuntime.prototype.createContainer.call(runtime, name, body);
    };
  } else {
    state.saveTask = async () => {
      throw new Error('ENOSPC: no space left on device');
    };
  }
  clock.setTimer(10_000, () => {
    // The methods of their classes are there again.
    for (const name of ['startContainer', 'createContainer']) Reflect.deleteProperty(runtime, name);
    Reflect.deleteProperty(state, 'saveTask');
  });
}

async function play(told: Story): Promise<void> {
  const host = new SimulatedHost(
    {
      createMs: 5,
      startMs: 40,
      pullMs: 100,
      behaviour: (name) => {
        const [, family = '', , position = ''] = name.split('-');
        const plan = told.tasks[Number(family.slice(1))]?.[1][Number(position.slice(1))];
        if (plan === undefined) return {};
        return {
          exitCode: plan.exitCode,
          ...(plan.endsAfterMs === undefined ? {} : { endsAfterMs: plan.endsAfterMs }),
          ...(plan.startFails ? { startError: 'no' } : {}),
        };
      },
    },
    told.seed,
  );
  await host.start();
  const tasks = build(host, told);
  await host.run(...tasks);
  let elapsedMs = 0;
  for (const { atMs, what, which } of told.troubles.toSorted((a, b) => a.atMs - b.atMs)) {
    await host.pass(Math.max(0, atMs - elapsedMs));
    elapsedMs = atMs;
    const task = tasks[which % tasks.length]!;
    if (what === 'crash') {
      await host.crash();
      await host.start();
    } else if (what === 'disconnect') host.controlPlane.disconnect('cut');
    else if (what === 'submit fails')
      host.controlPlane.failures.push({ operation: 'submit', error: new Error('down') });
    else if (what === 'stop one') host.controlPlane.stop(task);
    else if (what === 'slow starts' || what === 'slow creates' || what === 'full disk') hinder(host, what);
    else if (what === 'kill') {
      const alive = (await host.runtime.listContainers([])).filter(({ state }) => state === 'running');
      const victim = alive[which % Math.max(1, alive.length)];
      if (victim !== undefined) await host.runtime.killContainer(victim.id);
    } else {
      host.runtime.outage({ containersLive: what === 'outage' });
      await host.pass(3000);
      host.runtime.restart();
    }
  }
  // Longer than the engine has for anything, and then some.
  await host.pass(6 * 60_000);
  for (const task of tasks) host.controlPlane.stop(task);
  await host.pass(120_000);
  for (const task of tasks) {
    const order = ['PENDING', 'RUNNING', 'STOPPED'];
    const statuses = host.controlPlane.statusesOf(task.arn).map((status) => order.indexOf(status));
    expect(statuses.at(-1)).toBe(2);
    // What was said while the disk was full is forgotten by a crash, and said again.
    if (told.troubles.some(({ what }) => what === 'full disk')) continue;
    expect(statuses).toEqual(statuses.toSorted((a, b) => a - b));
    expect(statuses.filter((status) => status === 2)).toHaveLength(1);
  }
  expect(await host.running()).toEqual([]);
  expect(host.network.attached.size).toBe(0);
  expect(host.cgroups.groups.size).toBe(0);
  await host.pass(3_600_000);
  expect(await host.runtime.listContainers([])).toEqual([]);
  await host.crash();
}

test('whatever happens, a stopped task ends: reported once and in order, with nothing left behind', async () => {
  await fc.assert(fc.asyncProperty(story, play), { numRuns: 60 });
});
