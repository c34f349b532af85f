import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlPlane } from './test-support/control-plane.ts';
import { hostArn, startedAt } from './test-support/records.ts';

let plane: ControlPlane;

beforeEach(async () => {
  plane = await ControlPlane.start();
  await plane.addInstance();
});

afterEach(async () => {
  await plane[Symbol.asyncDispose]();
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
