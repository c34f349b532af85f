import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostGone, requestStop } from '#model';
import { announcedVolumeProperties, type PayloadTask } from '#wire/link';
import { ControlPlane, type Peer } from './test-support/control-plane.ts';
import { definition, hostArn, placedTask, startedAt } from './test-support/records.ts';

let plane: ControlPlane;

beforeEach(async () => {
  plane = await ControlPlane.start();
  await plane.addInstance();
});

afterEach(async () => {
  await plane[Symbol.asyncDispose]();
});

const userStop = { stopCode: 'UserInitiated', reason: 'enough', at: startedAt } as const;

describe('a task with a managed EBS volume', () => {
  it('is announced by its volume, in the properties that ECS’s own agent takes, and sent whatever is answered', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const of = definition({ volumes: [{ name: 'disk', configuredAtLaunch: true }] });
    const disk = { name: 'disk', roleArn: 'arn:aws:iam::111122223333:role/ebs', sizeInGiB: 20 };
    const task = placedTask(of, plane.ids, { spec: { volumeConfigurations: [disk] } });
    await plane.addTasks(of, task);
    await plane.pass(10);
    const types = agent.frames.map(({ type }) => type).filter((type) => type !== 'HeartbeatMessage');
    expect(types.slice(-2)).toEqual(['ConfirmAttachmentMessage', 'PayloadMessage']);
    const [announced] = agent.of('ConfirmAttachmentMessage');
    const [payload] = agent.of('PayloadMessage');
    const named = (payload!.message['tasks'] as readonly PayloadTask[])[0]?.attachments?.[0];
    const attachmentProperties = named?.attachmentProperties.filter(({ name }) => !name.startsWith('roadstead.'));
    expect(announced?.message).toMatchObject({
      taskArn: task.taskArn,
      taskClusterArn: task.clusterArn,
      containerInstanceArn: hostArn,
      waitTimeoutMs: 300_000,
      attachment: { ...named, attachmentProperties },
    });
    expect(attachmentProperties?.map(({ name }) => name)).toEqual(announcedVolumeProperties);
    agent.ack(announced!);
    agent.ack(payload!);
    await plane.pass(60_000);
    expect(agent.of('PayloadMessage')).toHaveLength(1);
    await plane.store.update('dispatch', (tx) => {
      tx.tasks.put(requestStop(tx.tasks.get(task.taskArn), userStop));
    });
    await plane.pass(10);
    expect(agent.of('PayloadMessage')).toHaveLength(2);
    expect(agent.of('ConfirmAttachmentMessage')).toHaveLength(1);
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

  it('hears its manifest before any order, whatever is committed while it connects', async () => {
    const of = definition();
    await plane.addTasks(of, placedTask(of, plane.ids));
    for (let turns = 0; turns < 60; turns++) {
      const agent = plane.connect();
      // The next task is placed a little later each time.
      for (let i = 0; i < turns; i++) await Promise.resolve();
      await Promise.all([plane.addTasks(of, placedTask(of, plane.ids)), plane.pass(100)]);
      const numbered = agent.frames.filter(({ type }) => ['PayloadMessage', 'TaskManifestMessage'].includes(type));
      expect([turns, numbered[0]?.type]).toEqual([turns, 'TaskManifestMessage']);
      expect(agent.of('PayloadMessage').length).toBeGreaterThan(0);
    }
  });

  it('survives whatever an agent sends, and takes an answer once', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const of = definition();
    const task = placedTask(of, plane.ids);
    await plane.addTasks(of, task);
    await plane.pass(10);
    for (const text of ['', '[', 'null', '{"type":5}', '{"type":"AckRequest"}', '{"type":"AckRequest","message":[]}']) {
      agent.sayText(text);
    }
    agent.say('AckRequest', { messageId: 'unknown' });
    agent.say('NackRequest', { messageId: 'unknown', reason: 'no' });
    agent.say('TaskStopVerificationMessage', { messageId: 'unknown', stopCandidates: [null, 1, { taskArn: 2 }] });
    agent.say('SomethingNew', { messageId: 'x', tasks: [] });
    const [order] = agent.of('PayloadMessage');
    agent.ack(order!);
    agent.ack(order!);
    await plane.pass(300_000);
    expect([agent.closed, agent.orders]).toEqual([undefined, [`RUNNING ${task.taskArn}`]]);
    expect(plane.dispatcher.counts).toMatchObject({
      ordersSent: 1,
      ordersResent: 0,
      ordersAcked: 1,
      messagesRefused: 1,
    });
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

describe('credentials over many connections', () => {
  async function agentWithTask(): Promise<Peer> {
    const of = definition({ taskRoleArn: 'app' });
    const agent = plane.connect();
    await plane.pass(10);
    await plane.addTasks(of, placedTask(of, plane.ids));
    await plane.pass(10);
    agent.ack(agent.of('PayloadMessage')[0]!);
    return agent;
  }

  async function ackCredentials(agent: Peer): Promise<void> {
    for (const { message } of agent.of('IAMRoleCredentialsMessage')) {
      const { credentialsId } = message['roleCredentials'] as { credentialsId: string };
      agent.say('IAMRoleCredentialsAckRequest', { messageId: message['messageId'], credentialsId });
    }
    await plane.pass(10);
  }

  it('are refreshed though every connection ends before they are due', async () => {
    let agent = await agentWithTask();
    let refreshed = 0;
    for (let halfHour = 0; halfHour < 6; halfHour++) {
      await plane.pass(30 * 60_000);
      await ackCredentials(agent);
      refreshed += agent.of('IAMRoleCredentialsMessage').length;
      agent.close();
      agent = plane.connect({ sendCredentials: 'false' });
      await plane.pass(10);
    }
    refreshed += agent.of('IAMRoleCredentialsMessage').length;
    expect(refreshed).toBe(2);
  });

  it('are said again on the next connection when no acknowledgment came', async () => {
    const agent = await agentWithTask();
    await plane.pass(90 * 60_000);
    expect(agent.of('IAMRoleCredentialsMessage')).toHaveLength(1);
    agent.cut();
    const next = plane.connect({ sendCredentials: 'false' });
    await plane.pass(10);
    expect(next.of('IAMRoleCredentialsMessage')).toHaveLength(1);
    await ackCredentials(next);
    next.close();
    const last = plane.connect({ sendCredentials: 'false' });
    await plane.pass(10);
    expect(last.of('IAMRoleCredentialsMessage')).toEqual([]);
  });

  it('are sent at once after a restart of ours, which does not know how old the agent’s are', async () => {
    await agentWithTask();
    const [task] = plane.store.view.tasks.by('host', hostArn);
    await plane.report(task!.taskArn, { status: 'RUNNING', containers: [{ name: 'app', status: 'RUNNING' }] });
    await plane.restart();
    const agent = plane.connect({ sendCredentials: 'false' });
    await plane.pass(10);
    expect(agent.of('IAMRoleCredentialsMessage')).toHaveLength(1);
  });
});

describe('deregistration', () => {
  it('has a manifest newer than every order, also than one of the same moment', async () => {
    const agent = plane.connect();
    await plane.pass(100);
    const of = definition();
    const placed = plane.addTasks(of, placedTask(of, plane.ids));
    const gone = plane.store.update('dispatch', (tx) =>
      tx.containerInstances.put({ ...tx.containerInstances.get(hostArn), status: 'INACTIVE', inactiveAt: plane.now }),
    );
    await Promise.all([placed, gone, plane.pass(10)]);
    const manifests = agent.of('TaskManifestMessage').map(({ message }) => Number(message['timeline']));
    const orders = agent.of('PayloadMessage').map(({ message }) => Number(message['seqNum']));
    expect([manifests.length, orders.length]).toEqual([2, 1]);
    const before = agent.frames.slice(0, agent.frames.indexOf(agent.of('TaskManifestMessage')[1]!));
    expect(before.some(({ type }) => type === 'PayloadMessage')).toBe(true);
    expect(manifests[1]).toBeGreaterThan(Math.max(...orders));
  });

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
