import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containerInstanceArn, hostGone, type Principal, requestStop } from '#model';
import { ControlPlane, type Peer, principal } from './test-support/control-plane.ts';
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

describe('a new connection', () => {
  async function runningTask(agent: Peer): Promise<string> {
    const of = definition({ taskRoleArn: 'arn:aws:iam::111122223333:role/app' });
    const task = placedTask(of, plane.ids);
    await plane.addTasks(of, task);
    await plane.pass(10);
    agent.ack(agent.of('PayloadMessage').at(-1)!);
    await plane.report(task.taskArn, { status: 'RUNNING', containers: [{ name: 'app', status: 'RUNNING' }] });
    await plane.pass(10);
    return task.taskArn;
  }

  it('of the same process hears the manifest and only what it has not acknowledged', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const running = await runningTask(agent);
    const of = definition();
    const open = placedTask(of, plane.ids);
    await plane.addTasks(of, open);
    await plane.pass(10);
    agent.close();
    const next = plane.connect({ sendCredentials: 'false' });
    await plane.pass(10);
    expect(next.of('TaskManifestMessage')[0]?.message['tasks']).toMatchObject([
      { taskArn: running, desiredStatus: 'RUNNING' },
      { taskArn: open.taskArn, desiredStatus: 'RUNNING' },
    ]);
    expect(next.orders).toEqual([`RUNNING ${open.taskArn}`]);
    expect(next.of('IAMRoleCredentialsMessage')).toEqual([]);
  });

  it('of a new process hears credentials first, then the manifest, then every live task', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const running = await runningTask(agent);
    agent.cut();
    const next = plane.connect({ sendCredentials: 'true' });
    await plane.pass(10);
    expect(next.frames.map((frame) => frame.type)).toEqual([
      'HeartbeatMessage',
      'IAMRoleCredentialsMessage',
      'TaskManifestMessage',
      'PayloadMessage',
    ]);
    expect(next.orders).toEqual([`RUNNING ${running}`]);
    expect(next.of('IAMRoleCredentialsMessage')[0]?.message).toMatchObject({
      taskArn: running,
      roleType: 'TaskApplication',
      roleCredentials: { roleArn: 'arn:aws:iam::111122223333:role/app' },
    });
  });

  it('hears a greater number in every manifest, also after a restart of ours', async () => {
    const timelines: number[] = [];
    for (let i = 0; i < 3; i++) {
      const agent = plane.connect();
      await plane.pass(100);
      await runningTask(agent);
      const numbers = agent.frames.flatMap(
        (frame) => Number(frame.message['seqNum'] ?? frame.message['timeline'] ?? []) || [],
      );
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      expect(numbers[0]).toBeGreaterThan(timelines.at(-1) ?? 0);
      timelines.push(...numbers);
      if (i === 1) await plane.restart();
    }
    expect(timelines.length).toBeGreaterThanOrEqual(6);
  });

  it('replaces the one before it', async () => {
    const first = plane.connect();
    await plane.pass(10);
    const second = plane.connect();
    await plane.pass(60_000);
    expect(first.closed?.code).toBe(1008);
    expect(second.closed).toBeUndefined();
    expect([plane.dispatcher.connectedCount, plane.instance.agentConnected]).toEqual([1, true]);
  });

  it('may stop what the store does not know or does not want', async () => {
    const of = definition();
    const [wanted, unwanted, elsewhere] = [1, 2, 3].map(() => placedTask(of, plane.ids));
    const moved = { ...elsewhere!, hostArn: `${hostArn.slice(0, -1)}0` as typeof hostArn };
    await plane.addTasks(of, wanted!, requestStop(unwanted!, userStop), moved);
    const agent = plane.connect();
    await plane.pass(100);
    const { messageId } = agent.of('TaskManifestMessage')[0]!.message;
    const arns = [wanted!.taskArn, unwanted!.taskArn, moved.taskArn, 'arn:aws:ecs:us-east-1:1:task/default/unknown'];
    const stopCandidates = arns.map((taskArn) => ({ taskArn, taskClusterArn: 'c', desiredStatus: 'STOPPED' }));
    agent.say('TaskStopVerificationMessage', { messageId, stopCandidates });
    agent.say('TaskStopVerificationMessage', { messageId, stopCandidates });
    await plane.pass(10);
    const acks = agent.of('TaskStopVerificationAck');
    expect(acks).toHaveLength(1);
    expect(acks[0]?.message).toMatchObject({ messageId });
    const stopped = acks[0]!.message['stopTasks'] as { taskArn: string }[];
    expect(stopped.map((task) => task.taskArn)).toEqual(arns.slice(1));
  });
});

describe('connection state', () => {
  it('is written as the agent connects, with its versions', async () => {
    plane.connect({ agentVersion: '1.105.1', agentHash: 'abcdef01', dockerVersion: 'DockerVersion: 27.3.1' });
    await plane.pass(10);
    expect(plane.instance).toMatchObject({
      agentConnected: true,
      agentConnectedAt: startedAt,
      versionInfo: { agentVersion: '1.105.1', agentHash: 'abcdef01', dockerVersion: 'DockerVersion: 27.3.1' },
      version: 2,
    });
  });

  it('changes only after the grace, to the moment the agent left', async () => {
    const agent = plane.connect();
    await plane.pass(5_000);
    agent.close();
    await plane.pass(1);
    const left = plane.now;
    await plane.pass(9_000);
    expect(plane.instance.agentConnected).toBe(true);
    await plane.pass(2_000);
    expect(plane.instance.agentConnected).toBe(false);
    expect(Math.abs(plane.instance.agentDisconnectedAt! - left)).toBeLessThan(0.01);
    plane.connect();
    await plane.pass(10);
    expect(plane.instance.agentConnected).toBe(true);
    expect(plane.instance.agentDisconnectedAt).toBeUndefined();
  });

  it('does not change for an agent that comes back in time', async () => {
    const agent = plane.connect();
    await plane.pass(5_000);
    const { version } = plane.instance;
    agent.close();
    await plane.pass(9_000);
    plane.connect({ sendCredentials: 'false' });
    await plane.pass(60_000);
    expect(plane.instance).toMatchObject({ agentConnected: true, version });
  });

  it('is found out anew after a restart of ours', async () => {
    const other = `${hostArn.slice(0, -1)}0` as typeof hostArn;
    await plane.addInstance({ containerInstanceArn: other });
    const agents = [plane.connect(), plane.connect({ containerInstanceArn: other })];
    await plane.pass(5_000);
    await plane.restart();
    await plane.pass(1);
    expect(agents.map((agent) => agent.closed?.code)).toEqual([1001, 1001]);
    plane.connect();
    await plane.pass(9_000);
    const connected = () => [hostArn, other].map((arn) => plane.store.view.containerInstances.get(arn).agentConnected);
    expect(connected()).toEqual([true, true]);
    await plane.pass(2_000);
    expect(connected()).toEqual([true, false]);
  });

  it('is tried again when the store refuses it', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    agent.close();
    await plane.pass(9_000);
    plane.disk.failNextAppend('full');
    await plane.pass(1_500);
    expect(plane.instance.agentConnected).toBe(true);
    await plane.pass(5_000);
    expect(plane.instance.agentConnected).toBe(false);
  });

  it('that cannot be stored is no connection', async () => {
    plane.disk.failNextAppend('full');
    const agent = plane.connect();
    await plane.pass(10);
    expect(agent.closed?.code).toBe(1013);
    expect(agent.frames).toEqual([]);
  });
});

describe('heartbeats', () => {
  it('keep a quiet connection open', async () => {
    const agent = plane.connect();
    await plane.pass(600_000);
    expect(agent.closed).toBeUndefined();
    expect(agent.of('HeartbeatMessage').length).toBeGreaterThanOrEqual(24);
  });

  it('without an answer end it', async () => {
    const agent = plane.connect();
    await plane.pass(60_000);
    agent.answersHeartbeats = false;
    await plane.pass(30_000);
    expect(agent.closed).toBeUndefined();
    await plane.pass(70_000);
    expect(agent.closed?.code).toBe(1001);
    expect(plane.instance.agentConnected).toBe(false);
  });
});

describe('credentials', () => {
  it('are refreshed before half of their life', async () => {
    const of = definition({ taskRoleArn: 'app', executionRoleArn: 'exec' });
    const task = placedTask(of, plane.ids);
    const agent = plane.connect();
    await plane.pass(10);
    await plane.addTasks(of, task);
    await plane.pass(10);
    agent.ack(agent.of('PayloadMessage')[0]!);
    await plane.pass(3 * 3_600_000 - 1_000);
    const roles = agent.of('IAMRoleCredentialsMessage').map((frame) => frame.message['roleType']);
    expect(roles).toEqual(['TaskApplication', 'TaskExecution']);
    const [payload] = agent.of('PayloadMessage')[0]!.message['tasks'] as {
      roleCredentials: { credentialsId: string; accessKeyId: string };
    }[];
    const fresh = agent.of('IAMRoleCredentialsMessage')[0]!.message['roleCredentials'] as typeof payload extends
      | { roleCredentials: infer C }
      | undefined
      ? C
      : never;
    expect(fresh.credentialsId).toBe(payload!.roleCredentials.credentialsId);
    expect(fresh.accessKeyId).not.toBe(payload!.roleCredentials.accessKeyId);
  });
});

describe('deregistration', () => {
  it('lets the agent stop its tasks, then ends both channels', async () => {
    const agent = plane.connect();
    const telemetry = plane.connectTelemetry();
    await plane.pass(100);
    const of = definition();
    const task = placedTask(of, plane.ids);
    await plane.addTasks(of, task);
    await plane.pass(10);
    agent.ack(agent.of('PayloadMessage')[0]!);
    await plane.pass(10);
    await plane.store.update('dispatch', (tx) => {
      tx.tasks.put(hostGone(tx.tasks.get(task.taskArn), userStop));
      tx.containerInstances.put({ ...tx.containerInstances.get(hostArn), status: 'INACTIVE', inactiveAt: plane.now });
    });
    await plane.pass(10);
    const last = agent.of('TaskManifestMessage').at(-1)!;
    expect(last.message['tasks']).toEqual([]);
    const stopCandidates = [{ taskArn: task.taskArn, taskClusterArn: task.clusterArn, desiredStatus: 'STOPPED' }];
    agent.say('TaskStopVerificationMessage', { messageId: last.message['messageId'], stopCandidates });
    await plane.pass(10);
    expect(agent.of('TaskStopVerificationAck')[0]?.message['stopTasks']).toEqual(stopCandidates);
    await plane.pass(6_000);
    expect(agent.closed?.reason).toContain('InactiveInstanceException');
    expect(telemetry.closed?.reason).toContain('InactiveInstanceException');
  });
});

describe('an upgrade', () => {
  const query = (channel: 'acs' | 'tcs', arn: string): URLSearchParams =>
    new URLSearchParams({ [channel === 'acs' ? 'containerInstanceArn' : 'containerInstance']: arn });

  it.each(['acs', 'tcs'] as const)('to %s is for the owner of an instance', async (channel) => {
    const decide = (arn: string, who: Principal = principal) =>
      plane.dispatcher.authorizeUpgrade(channel, query(channel, arn), who);
    expect(decide(hostArn)).toMatchObject({ ok: true, access: { resource: hostArn } });
    const stranger = { ...principal, accountId: '999988887777' as typeof principal.accountId };
    expect(decide(hostArn, stranger)).toMatchObject({ ok: false, status: 403, code: 'AccessDeniedException' });
    const role = { ...principal, type: 'assumed-role' as const, roleArn: 'arn:aws:iam::111122223333:role/app' };
    expect(decide(hostArn, role)).toMatchObject({ ok: false, status: 403, code: 'AccessDeniedException' });
    expect(decide('nonsense')).toMatchObject({ ok: false, code: 'InvalidParameterException' });
    expect(decide(`${hostArn}f`)).toMatchObject({ ok: false, code: 'InactiveInstanceException' });
    await plane.store.update('dispatch', (tx) =>
      tx.containerInstances.put({ ...tx.containerInstances.get(hostArn), status: 'INACTIVE' }),
    );
    expect(decide(hostArn)).toMatchObject({ ok: false, code: 'InactiveInstanceException' });
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
