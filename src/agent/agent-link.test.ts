import { describe, expect, test } from 'vitest';
import { ApiError } from '#wire/aws';
import type { TcsAgentMessage } from '#wire/link';
import { payloadTask } from './testing.ts';
import { SimulatedHost, startedHost } from './testing-host.ts';

type PublishedMetrics = Extract<TcsAgentMessage, { type: 'PublishMetricsRequest' }>['message'];

describe('reports', () => {
  test('wait for the control plane, are merged but for that it ran, and never go back', async () => {
    const host = await startedHost();
    for (let i = 0; i < 6; i++) host.controlPlane.failures.push({ operation: 'submit', error: new Error('down') });
    const task = payloadTask(host.ids);
    await host.run(task);
    expect(host.controlPlane.reports).toEqual([]);
    host.runtime.endContainer('-app-', 0);
    await host.pass(60_000);
    expect(host.controlPlane.statusesOf(task.arn)).toEqual(['RUNNING', 'STOPPED']);
    expect(host.controlPlane.reports[0]?.containers).toMatchObject([{ status: 'RUNNING' }]);
    expect(host.controlPlane.reports[0]?.containers[0]).not.toHaveProperty('exitCode');
    expect(host.controlPlane.lastReport(task.arn)?.containers).toMatchObject([{ exitCode: 0, status: 'STOPPED' }]);
  });

  test('one that the control plane refuses is dropped for good', async () => {
    const host = await startedHost();
    for (let i = 0; i < 2; i++) {
      const error = new ApiError('InvalidParameterException', 'unknown');
      host.controlPlane.failures.push({ operation: 'submit', error });
    }
    const task = payloadTask(host.ids);
    await host.run(task);
    await host.pass(60_000);
    expect(host.controlPlane.failures).toEqual([]);
    expect(host.controlPlane.statusesOf(task.arn)).toEqual([]);
  });

  test('health goes out at once and every twenty seconds, and only for containers with a check', async () => {
    const host = await startedHost();
    const config = JSON.stringify({ Healthcheck: { Test: ['CMD', 'true'] } });
    const dockerConfig = { version: '1.24', config, hostConfig: '{}' };
    const checked = payloadTask(host.ids, { healthCheckType: 'docker', dockerConfig }, { family: 'checked' });
    await host.run(checked, payloadTask(host.ids));
    const said = (): unknown[] =>
      host.controlPlane.telemetryFrames
        .filter(({ type }) => type === 'PublishHealthRequest')
        .map(({ message }) => message['tasks']);
    const healthOf = (healthStatus: string): object[] => [
      { taskArn: checked.arn, containers: [{ containerName: 'app', healthStatus }] },
    ];
    await host.pass(1000);
    const before = said().length;
    host.runtime.setHealth('ecs-checked-', 'healthy');
    await host.pass(100);
    expect(said()).toHaveLength(before + 1);
    expect(said().at(-1)).toMatchObject(healthOf('HEALTHY'));
    host.runtime.setHealth('ecs-checked-', 'unhealthy');
    await host.pass(100);
    expect(said().at(-1)).toMatchObject(healthOf('UNHEALTHY'));
    await host.pass(40_000);
    expect(said()).toHaveLength(before + 4);
  });
});

describe('what containers use', () => {
  const metrics = (host: SimulatedHost) =>
    host.controlPlane.telemetryFrames
      .filter(({ type }) => type === 'PublishMetricsRequest')
      .map(({ message }) => message as PublishedMetrics);

  test('goes out every twenty seconds, of the time since then, ten tasks in a message', async () => {
    const host = new SimulatedHost();
    await host.start({ usagePollMs: 10_000 });
    expect(metrics(host)).toMatchObject([{ metadata: { idle: true, fin: true }, taskMetrics: [] }]);
    const tasks = Array.from({ length: 11 }, () => payloadTask(host.ids));
    await host.run(...tasks);
    await host.pass(60_000);
    const [, ...published] = metrics(host);
    expect(published.map(({ metadata, taskMetrics }) => [metadata.fin, taskMetrics.length])).toEqual(
      [1, 2, 3].flatMap(() => [
        [false, 10],
        [true, 1],
      ]),
    );
    expect(published[0]?.metadata.messageId).toBe(published[1]?.metadata.messageId);
    const told = published[2]?.taskMetrics[0];
    expect(told).toMatchObject({ taskArn: tasks[0]?.arn, taskDefinitionFamily: 'web', taskDefinitionVersion: '1' });
    // A tenth of one of four processors.
    const [container] = told?.containerMetrics ?? [];
    expect(container?.cpuStatsSet?.sampleCount).toBe(2);
    expect(container?.cpuStatsSet?.max).toBeCloseTo(2.5);
    expect(container?.memoryStatsSet).toEqual({ min: 16, max: 16, sampleCount: 2, sum: 32 });
    expect(container?.networkStatsSet?.txBytesPerSecond.max).toBeCloseTo(2000);
    expect(container?.storageStatsSet?.writeSizeBytes.sum).toBeCloseTo(80_000);
    expect(container).not.toHaveProperty('restartStatsSet');
  });

  test('is not told of a time when nobody listened, and restarts are counted', async () => {
    const host = new SimulatedHost({ behaviour: () => ({ endsAfterMs: 7000, exitCode: 1 }) });
    await host.start({ usagePollMs: 5000 });
    const restartPolicy = { enabled: true, restartAttemptPeriod: 1 };
    await host.run(payloadTask(host.ids, { restartPolicy }));
    await host.pass(45_000);
    const restarts = metrics(host).flatMap(({ taskMetrics }) =>
      taskMetrics.flatMap(({ containerMetrics }) => containerMetrics[0]?.restartStatsSet?.restartCount ?? []),
    );
    expect(restarts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(4);
    const before = metrics(host).length;
    host.controlPlane.disconnect('cut', 'telemetry');
    await host.pass(300_000);
    const samples = metrics(host)
      .slice(before)
      .flatMap(({ taskMetrics }) => taskMetrics.map(({ containerMetrics }) => containerMetrics[0]?.memoryStatsSet));
    expect(samples.length).toBeGreaterThan(3);
    for (const sample of samples) expect(sample?.sampleCount).toBeLessThanOrEqual(5);
  });

  test('is not told when it is turned off', async () => {
    const silent = await startedHost();
    await silent.run(payloadTask(silent.ids));
    await silent.pass(60_000);
    expect(metrics(silent)).toEqual([]);
  });
});

describe('full sync', () => {
  test('asks before it stops what is not listed, and does only what is allowed', async () => {
    const host = await startedHost();
    const [kept, spared, doomed] = [payloadTask(host.ids), payloadTask(host.ids), payloadTask(host.ids)];
    await host.run(kept, spared, doomed);
    const messageId = host.controlPlane.manifest([kept.arn]);
    await host.pass(1000);
    const question = host.controlPlane.controlFrames.find(({ type }) => type === 'TaskStopVerificationMessage');
    expect(question?.message).toMatchObject({
      messageId,
      stopCandidates: [{ taskArn: spared.arn }, { taskArn: doomed.arn }],
    });
    const stopTasks = [{ taskArn: doomed.arn, taskClusterArn: '', desiredStatus: 'STOPPED' }];
    host.controlPlane.send('TaskStopVerificationAck', { messageId: 'another', generatedAt: 0, stopTasks });
    await host.pass(1000);
    expect(await host.running()).toHaveLength(3);
    host.controlPlane.send('TaskStopVerificationAck', { messageId, generatedAt: 0, stopTasks });
    await host.pass(1000);
    expect(await host.running()).toHaveLength(2);
    expect(host.controlPlane.lastReport(doomed.arn)?.status).toBe('STOPPED');
  });

  test('an older manifest than the newest message is ignored, also after a restart', async () => {
    const host = await startedHost();
    const task = payloadTask(host.ids);
    await host.run(task);
    const stale = host.controlPlane.manifest([], host.controlPlane.sequence);
    await host.pass(1000);
    expect(host.controlPlane.acknowledged(stale)).toBe(false);
    await host.crash();
    await host.start();
    host.controlPlane.manifest([], host.controlPlane.sequence);
    await host.pass(1000);
    expect(host.controlPlane.controlFrames.some(({ type }) => type === 'TaskStopVerificationMessage')).toBe(false);
  });

  test('role credentials are acknowledged and never stored', async () => {
    const host = await startedHost();
    const roleCredentials = {
      credentialsId: 'c1',
      roleArn: 'arn:aws:iam::000000000000:role/app',
      accessKeyId: 'ASIA1',
      secretAccessKey: 'the-secret',
      sessionToken: 't',
      expiration: '2026-10-09T12:00:00Z',
    };
    const task = payloadTask(host.ids, {}, { roleCredentials });
    await host.run(task);
    const refreshed = { messageId: 'r1', taskArn: task.arn, roleType: 'TaskApplication', roleCredentials };
    host.controlPlane.send('IAMRoleCredentialsMessage', refreshed);
    host.controlPlane.send('IAMRoleCredentialsMessage', { ...refreshed, messageId: 'r2', taskArn: 'unknown' });
    host.controlPlane.send('SomethingNew', { messageId: 'x' });
    await host.pass(1000);
    const acks = host.controlPlane.controlFrames.filter(({ type }) => type === 'IAMRoleCredentialsAckRequest');
    expect(acks.map(({ message }) => message['messageId'])).toEqual(['payload-1', 'r1']);
    expect(JSON.stringify(await host.state.load())).not.toContain('the-secret');
  });
});
