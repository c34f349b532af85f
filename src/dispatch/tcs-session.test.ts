import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlPlane, type Peer } from './test-support/control-plane.ts';
import { definition, hostArn, placedTask } from './test-support/records.ts';

let plane: ControlPlane;
let agent: Peer;

beforeEach(async () => {
  plane = await ControlPlane.start();
  await plane.addInstance();
  agent = plane.connectTelemetry();
  // Nothing answers a heartbeat on this channel.
  agent.answersHeartbeats = false;
  await plane.pass(10);
});

afterEach(async () => {
  await plane[Symbol.asyncDispose]();
});

const check = { command: ['CMD-SHELL', 'true'] };
const of = definition({
  containerDefinitions: [{ name: 'app', image: 'nginx:1', memory: 256, essential: true, healthCheck: check }],
});

function health(taskArn: string, healthStatus: string): object {
  return { tasks: [{ taskArn, containers: [{ containerName: 'app', healthStatus, statusSince: 1 }] }] };
}

const runtime = (status: string, lastStatusChange = 5): object => ({
  statuses: [{ type: 'ContainerRuntime', status, lastUpdated: 7.25, lastStatusChange }],
});

describe('telemetry', () => {
  it('carries the health of containers to their task', async () => {
    const task = placedTask(of, plane.ids);
    await plane.addTasks(of, task);
    agent.say('PublishHealthRequest', health(task.taskArn, 'HEALTHY'));
    await plane.pass(10);
    expect(plane.store.view.tasks.get(task.taskArn).healthStatus).toBe('HEALTHY');
    expect(agent.of('AckPublishHealth').map((frame) => frame.message)).toEqual([{ message: 'ok' }]);
  });

  it('is read behind the signed header of a stock agent', async () => {
    const task = placedTask(of, plane.ids);
    await plane.addTasks(of, task);
    const json = JSON.stringify({ type: 'PublishHealthRequest', message: health(task.taskArn, 'UNHEALTHY') });
    agent.sayText(`Authorization: AWS4-HMAC-SHA256 Credential=x\r\nHost: h\r\nX-Amz-Date: d\r\n\r\n${json}`);
    await plane.pass(10);
    expect(plane.store.view.tasks.get(task.taskArn).healthStatus).toBe('UNHEALTHY');
  });

  it('writes nothing that is known already', async () => {
    const task = placedTask(of, plane.ids);
    await plane.addTasks(of, task);
    agent.say('PublishHealthRequest', health(task.taskArn, 'HEALTHY'));
    agent.say('PublishInstanceStatusRequest', runtime('OK'));
    await plane.pass(10);
    const { revision } = plane.store;
    agent.say('PublishHealthRequest', health(task.taskArn, 'HEALTHY'));
    agent.say('PublishInstanceStatusRequest', runtime('OK', 6));
    await plane.pass(10);
    expect(plane.store.revision).toBe(revision);
    expect(agent.of('AckPublishHealth')).toHaveLength(2);
    expect(agent.of('AckPublishInstanceStatus')).toHaveLength(2);
  });

  it('of tasks on other hosts is not believed', async () => {
    const task = placedTask(of, plane.ids, { on: `${hostArn.slice(0, -1)}0` as typeof hostArn });
    await plane.addTasks(of, task);
    agent.say('PublishHealthRequest', health(task.taskArn, 'UNHEALTHY'));
    await plane.pass(10);
    expect(plane.store.view.tasks.get(task.taskArn).healthStatus).toBe('UNKNOWN');
  });

  it('carries the health of the runtime to the instance, changes only', async () => {
    agent.say('PublishInstanceStatusRequest', runtime('OK'));
    await plane.pass(10);
    expect(plane.instance.runtimeHealth).toEqual({ status: 'OK', lastUpdated: 7.25, lastStatusChange: 5 });
    agent.say('PublishInstanceStatusRequest', runtime('IMPAIRED'));
    await plane.pass(10);
    expect(plane.instance.runtimeHealth?.status).toBe('IMPAIRED');
  });

  it('keeps what tasks use, of this host’s own alone, in units of CPU', async () => {
    const task = placedTask(of, plane.ids);
    await plane.addTasks(of, task);
    const set = { min: 1, max: 3, sampleCount: 2, sum: 4 };
    const bytes = { ...set, overflowMin: 0, overflowMax: 0, overflowSum: 0 };
    const metric = (taskArn: string): object => ({
      taskArn,
      containerMetrics: [
        {
          containerName: 'app',
          cpuStatsSet: { min: 10, max: 30, sampleCount: 2, sum: 40 },
          memoryStatsSet: set,
          networkStatsSet: { rxBytes: bytes, rxBytesPerSecond: set, txBytesPerSecond: set },
          storageStatsSet: { readSizeBytes: bytes, writeSizeBytes: { min: 3, max: 1, sampleCount: 2, sum: 4 } },
          restartStatsSet: { restartCount: 1 },
        },
        { containerName: '~internal~ecs~pause', memoryStatsSet: set },
        { containerName: 5 },
        null,
      ],
      volumeMetrics: [
        { volumeId: 'vol-1', volumeName: 'disk', utilized: set, size: { ...set, max: 9, sum: 10 } },
        { volumeId: 'vol-2', volumeName: 'other', utilized: set },
        { volumeId: 7 },
        null,
      ],
    });
    const elsewhere = task.taskArn.replace(/.$/, 'x');
    agent.say('PublishMetricsRequest', { taskMetrics: [metric(elsewhere), metric(task.taskArn), 7, { taskArn: 'x' }] });
    await plane.pass(10);
    const units = plane.instance.resources.cpuUnits;
    const told = { minimum: 1, maximum: 3, sampleCount: 2, sum: 4 };
    expect(plane.usage.size).toBe(1);
    expect(plane.usage.latest(task.taskArn)?.containers).toEqual(
      new Map([
        [
          'app',
          {
            cpuUnits: { minimum: units * 0.1, maximum: units * 0.3, sampleCount: 2, sum: units * 0.4 },
            memoryMiB: told,
            rxBytesPerSecond: told,
            txBytesPerSecond: told,
            readBytes: told,
            restarts: 1,
          },
        ],
      ]),
    );
    const disk = { name: 'disk', volumeId: 'vol-1', usedBytes: 2, sizeBytes: 5 };
    expect(plane.usage.latest(task.taskArn)?.volumes).toEqual([disk]);
  });

  it('acknowledges metrics, and nothing it could not store', async () => {
    agent.say('PublishMetricsRequest', { taskMetrics: [] });
    await plane.pass(10);
    expect(agent.of('AckPublishMetric')).toHaveLength(1);
    plane.disk.failNextAppend('full');
    agent.say('PublishInstanceStatusRequest', runtime('OK'));
    await plane.pass(10);
    expect(agent.of('AckPublishInstanceStatus')).toEqual([]);
  });

  it('survives whatever an agent sends', async () => {
    for (const text of ['', '{', '{"type":"PublishHealthRequest","message":{"tasks":[null,1,{"taskArn":5}]}}']) {
      agent.sayText(text);
    }
    agent.say('PublishHealthRequest', { tasks: 'all' });
    agent.say('PublishMetricsRequest', {
      taskMetrics: [null, { taskArn: 1 }, { taskArn: 'x', containerMetrics: 'all' }],
    });
    agent.say('PublishInstanceStatusRequest', { statuses: [{ type: 'ContainerRuntime', status: 'FINE' }] });
    await plane.pass(10);
    expect([agent.closed, plane.instance.runtimeHealth]).toEqual([undefined, undefined]);
  });

  it('gets heartbeats, and ends when nothing comes for long', async () => {
    await plane.pass(100_000);
    expect(agent.of('HeartbeatMessage').length).toBeGreaterThanOrEqual(4);
    agent.say('PublishMetricsRequest', {});
    await plane.pass(170_000);
    expect(agent.closed).toBeUndefined();
    await plane.pass(40_000);
    expect(agent.closed?.code).toBe(1001);
  });
});
