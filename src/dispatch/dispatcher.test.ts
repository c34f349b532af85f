import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containerInstanceArn, requestStop } from '#model';
import { ControlPlane } from './test-support/control-plane.ts';
import {
  definition,
  hostArn,
  networkInterface,
  placedTask,
  scope,
  startedAt,
  withInterface,
} from './test-support/records.ts';

let plane: ControlPlane;

beforeEach(async () => {
  plane = await ControlPlane.start();
  await plane.addInstance();
});

afterEach(async () => {
  await plane[Symbol.asyncDispose]();
});

const userStop = { stopCode: 'UserInitiated', reason: 'enough', at: startedAt } as const;

describe('handing tasks over', () => {
  it('sends a task placed on the host, at once and whole', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const of = definition();
    const task = placedTask(of, plane.ids);
    await plane.addTasks(of, task);
    await plane.idle();
    await plane.pass(1);
    expect(agent.orders).toEqual([`RUNNING ${task.taskArn}`]);
    const [payload] = agent.of('PayloadMessage');
    expect(payload?.message).toMatchObject({ clusterArn: task.clusterArn, containerInstanceArn: hostArn });
    expect(payload?.message['tasks']).toMatchObject([{ family: 'web', version: '3', containers: [{ name: 'app' }] }]);
  });

  it('sends the log mode that the account has set', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const logged = { name: 'app', image: 'a', logConfiguration: { logDriver: 'json-file' as const } };
    const of = definition({ containerDefinitions: [logged] });
    const modes = (): unknown[] =>
      agent.of('PayloadMessage').flatMap(({ message }) =>
        (message['tasks'] as { containers: { dockerConfig: { hostConfig: string } }[] }[]).map(({ containers }) => {
          const { LogConfig } = JSON.parse(containers[0]?.dockerConfig.hostConfig ?? '') as Record<string, object>;
          return LogConfig;
        }),
      );
    await plane.addTasks(of, placedTask(of, plane.ids));
    await plane.pass(10);
    expect(modes()).toEqual([{ Type: 'json-file', Config: { mode: 'non-blocking', 'max-buffer-size': '10m' } }]);
    await plane.store.update('api', (tx) => {
      const principalArn = `arn:aws:iam::${scope.accountId}:root`;
      tx.accountSettings.put({ ...scope, name: 'defaultLogDriverMode', value: 'blocking', principalArn });
    });
    await plane.addTasks(of, placedTask(of, plane.ids));
    await plane.pass(10);
    expect(modes()[1]).toEqual({ Type: 'json-file', Config: { mode: 'blocking' } });
  });

  it('sends the tasks of one commit in one message', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const of = definition();
    const tasks = Array.from({ length: 20 }, () => placedTask(of, plane.ids));
    await plane.addTasks(of, ...tasks);
    await plane.pass(10);
    expect(agent.of('PayloadMessage')).toHaveLength(1);
    expect(agent.orders).toHaveLength(20);
  });

  it('goes on with the others when one cannot be sent its orders', async () => {
    const other = containerInstanceArn(scope, 'default', 'f'.repeat(32));
    await plane.addInstance({ containerInstanceArn: other, ec2InstanceId: 'i-2' });
    plane.connectBroken();
    const agent = plane.connect({ containerInstanceArn: other });
    await plane.pass(100);
    const of = definition();
    const task = placedTask(of, plane.ids, { on: other });
    await plane.addTasks(of, placedTask(of, plane.ids), task);
    await plane.pass(10);
    expect(agent.orders).toEqual([`RUNNING ${task.taskArn}`]);
  });

  it('bounds a message', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const of = definition();
    await plane.addTasks(of, ...Array.from({ length: 120 }, () => placedTask(of, plane.ids)));
    await plane.pass(10);
    expect(agent.of('PayloadMessage').map((frame) => (frame.message['tasks'] as unknown[]).length)).toEqual([
      50, 50, 20,
    ]);
  });

  it('waits for the interface of an awsvpc task', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const of = definition({ networkMode: 'awsvpc' });
    const task = placedTask(of, plane.ids);
    await plane.addTasks(of, task);
    await plane.pass(1000);
    expect(agent.orders).toEqual([]);
    await plane.store.update('interfaces', (tx) => {
      tx.networkInterfaces.put(networkInterface(task));
      tx.tasks.put(withInterface(tx.tasks.get(task.taskArn)));
    });
    await plane.pass(10);
    expect(agent.orders).toEqual([`RUNNING ${task.taskArn}`]);
    expect(agent.of('PayloadMessage')[0]?.message['tasks']).toMatchObject([
      { elasticNetworkInterfaces: [{ macAddress: '02:42:ac:1f:00:05', subnetGatewayIpv4Address: '172.31.0.1/20' }] },
    ]);
  });

  it('never tells of a task that is not on disk', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    plane.disk.holdAppends();
    const of = definition();
    const adding = plane.addTasks(of, placedTask(of, plane.ids));
    await plane.pass(1000);
    expect(agent.orders).toEqual([]);
    plane.disk.releaseAppends();
    await adding;
    await plane.pass(10);
    expect(agent.orders).toHaveLength(1);
  });

  it('repeats an order until it is acknowledged, with growing pauses', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const of = definition();
    await plane.addTasks(of, placedTask(of, plane.ids));
    await plane.pass(20_000);
    expect(agent.orders).toHaveLength(2);
    await plane.pass(600_000);
    const repeated = agent.orders.length;
    expect(repeated).toBeGreaterThanOrEqual(6);
    expect(repeated).toBeLessThanOrEqual(10);
    // An answer to any of them will do.
    agent.ack(agent.of('PayloadMessage')[2]!);
    await plane.pass(600_000);
    expect(agent.orders).toHaveLength(repeated);
    const { ordersSent, ordersResent, ordersAcked } = plane.dispatcher.counts;
    expect([ordersSent, ordersResent, ordersAcked]).toEqual([repeated, repeated - 1, 1]);
  });

  it('sends a stop order as the whole task, before starts', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const of = definition();
    const [first, second] = [placedTask(of, plane.ids), placedTask(of, plane.ids)];
    await plane.addTasks(of, first);
    await plane.pass(10);
    agent.ack(agent.of('PayloadMessage')[0]!);
    await plane.pass(10);
    await plane.store.update('api', (tx) => {
      tx.tasks.put(second);
      tx.tasks.put(requestStop(tx.tasks.get(first.taskArn), userStop));
    });
    await plane.pass(10);
    expect(agent.orders.slice(1)).toEqual([`STOPPED ${first.taskArn}`, `RUNNING ${second.taskArn}`]);
    expect(agent.of('PayloadMessage')[1]?.message['tasks']).toMatchObject([{ containers: [{ image: 'nginx:1' }] }, {}]);
  });

  it('stops repeating when the task has stopped', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const of = definition();
    const task = placedTask(of, plane.ids);
    await plane.addTasks(of, task);
    await plane.pass(10);
    await plane.report(task.taskArn, { status: 'STOPPED', reason: 'UnrecogniedTaskError: bad', containers: [] });
    await plane.pass(300_000);
    expect(agent.orders).toHaveLength(1);
  });

  it('tells each host of its own tasks only', async () => {
    const other = `${hostArn.slice(0, -1)}0` as typeof hostArn;
    await plane.addInstance({ containerInstanceArn: other });
    const agents = [plane.connect(), plane.connect({ containerInstanceArn: other })];
    await plane.pass(100);
    const of = definition();
    const tasks = [placedTask(of, plane.ids), placedTask(of, plane.ids, { on: other })];
    await plane.addTasks(of, ...tasks);
    await plane.pass(10);
    expect(agents.map((agent) => agent.orders)).toEqual(tasks.map((task) => [`RUNNING ${task.taskArn}`]));
  });
});

describe('a watch that fell behind', () => {
  it('makes every session read its tasks afresh', async () => {
    plane.historyLimit = 4;
    await plane.restart();
    const agent = plane.connect();
    await plane.pass(100);
    const of = definition();
    const tasks = Array.from({ length: 3 }, () => placedTask(of, plane.ids));
    // More commits than the history keeps become durable at once: the watch cannot have seen them all.
    plane.disk.holdAppends();
    const change = () =>
      plane.store.update('api', (tx) => tx.containerInstances.put({ ...tx.containerInstances.get(hostArn), tags: [] }));
    const writes = [change()];
    await plane.idle();
    writes.push(plane.addTasks(of, ...tasks));
    for (let i = 0; i < 20; i++) writes.push(change());
    plane.disk.releaseAppends();
    await Promise.all(writes);
    await plane.pass(100);
    expect(agent.orders.toSorted()).toEqual(tasks.map((task) => `RUNNING ${task.taskArn}`).toSorted());
  });
});
