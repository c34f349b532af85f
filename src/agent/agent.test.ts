import { describe, expect, test } from 'vitest';
import type { PayloadTask } from '#wire/link';
import { payloadContainer, payloadTask } from './testing.ts';
import { awsvpcTask, startedHost } from './testing-host.ts';

describe('a task', () => {
  test('is started, reported PENDING and RUNNING with its bindings, acknowledged, and stopped on order', async () => {
    const host = await startedHost();
    const task = payloadTask(host.ids, { portMappings: [{ containerPort: 80, protocol: 'tcp' }] });
    const messageId = await host.run(task);
    expect(host.controlPlane.acknowledged(messageId)).toBe(true);
    expect(host.controlPlane.statusesOf(task.arn)).toEqual(['PENDING', 'RUNNING']);
    const report = host.controlPlane.lastReport(task.arn);
    const [container] = report?.containers ?? [];
    expect(container).toMatchObject({
      containerName: 'app',
      status: 'RUNNING',
      imageDigest: `sha256:${'0'.repeat(64)}`,
    });
    expect(container?.networkBindings).toEqual([
      { bindIP: '0.0.0.0', containerPort: 80, hostPort: expect.any(Number), protocol: 'tcp' },
    ]);
    const body = host.runtime.bodyOf('ecs-web-1-app-');
    expect(body.Labels).toMatchObject({
      'com.amazonaws.ecs.task-arn': task.arn,
      'com.amazonaws.ecs.container-name': 'app',
      'roadstead.container-instance-arn': host.controlPlane.containerInstanceArn,
    });
    host.controlPlane.stop(task);
    await host.pass(1000);
    expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
      status: 'STOPPED',
      executionStoppedAt: expect.any(Number),
      containers: [{ containerName: 'app', status: 'STOPPED', exitCode: 143 }],
    });
    expect(await host.running()).toEqual([]);
  });

  test('its containers and record go once its end was reported and the wait is over', async () => {
    const host = await startedHost();
    const task = payloadTask(host.ids, {}, { volumes: [{ name: 'scratch', type: 'host', host: {} }] });
    await host.run(task);
    expect(await host.runtime.listVolumes([])).toHaveLength(1);
    host.controlPlane.stop(task);
    await host.pass(590_000);
    expect(await host.runtime.listContainers([])).toHaveLength(1);
    await host.pass(20_000);
    expect(await host.runtime.listContainers([])).toEqual([]);
    expect(await host.runtime.listVolumes([])).toEqual([]);
    expect((await host.state.load()).tasks).toEqual([]);
  });

  test('an essential container that ends takes the others with it', async () => {
    const host = await startedHost();
    const task = payloadTask(
      host.ids,
      {},
      {
        containers: [payloadContainer(), payloadContainer({ name: 'side', essential: false })],
      },
    );
    await host.run(task);
    host.runtime.endContainer('-side-', 3);
    await host.pass(2000);
    expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
      status: 'RUNNING',
      containers: [{ status: 'RUNNING' }, { containerName: 'side', status: 'STOPPED', exitCode: 3 }],
    });
    host.runtime.endContainer('-app-', 1);
    await host.pass(2000);
    expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
      status: 'STOPPED',
      containers: [{ status: 'STOPPED', exitCode: 1 }, { exitCode: 3 }],
    });
  });

  test('a container that has ended before its start is answered is noticed', async () => {
    const host = await startedHost({ startAnswerMs: 50, behaviour: () => ({ endsAfterMs: 10, exitCode: 4 }) });
    const task = payloadTask(host.ids);
    await host.run(task);
    expect(host.controlPlane.lastReport(task.arn)).toMatchObject({ status: 'STOPPED', containers: [{ exitCode: 4 }] });
  });

  test('running out of memory is said', async () => {
    const host = await startedHost();
    const task = payloadTask(host.ids);
    await host.run(task);
    host.runtime.endContainer('-app-', 137, true);
    await host.pass(1000);
    expect(host.controlPlane.lastReport(task.arn)?.containers).toMatchObject([
      { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    ]);
  });

  test('an image that cannot be had, and a command that cannot be run', async () => {
    const host = await startedHost({
      images: ['bad:1'],
      registry: ['bad:1'],
      behaviour: () => ({ startError: 'exec: "nothing": executable file not found in $PATH' }),
    });
    const absent = payloadTask(host.ids, { image: 'absent:1' });
    const bad = payloadTask(host.ids, { image: 'bad:1' });
    await host.run(absent, bad);
    await host.pass(20_000);
    const reasonOf = (task: PayloadTask): unknown => host.controlPlane.lastReport(task.arn)?.containers[0];
    expect(reasonOf(absent)).toEqual({
      containerName: 'app',
      status: 'STOPPED',
      reason:
        'CannotPullContainerError: Error response from daemon: pull access denied for absent:1, repository does not exist',
    });
    expect(reasonOf(bad)).toMatchObject({
      status: 'STOPPED',
      reason: expect.stringContaining('CannotStartContainerError: Error response from daemon: exec: "nothing"'),
    });
    expect(reasonOf(bad)).not.toHaveProperty('exitCode');
    expect(host.controlPlane.lastReport(absent.arn)?.status).toBe('STOPPED');
    expect(host.controlPlane.lastReport(bad.arn)?.status).toBe('STOPPED');
  });

  test('is stopped while its image is still being pulled', async () => {
    const host = await startedHost({ pullMs: 60_000 });
    const task = payloadTask(host.ids);
    await host.run(task);
    host.controlPlane.stop(task);
    await host.pass(1000);
    expect(host.controlPlane.statusesOf(task.arn)).toEqual(['STOPPED']);
    await host.pass(120_000);
    expect(host.runtime.journal).toEqual([]);
  });

  test('a stop order for an unknown task is answered with STOPPED and starts nothing', async () => {
    const host = await startedHost();
    const task = payloadTask(host.ids, {}, { desiredStatus: 'STOPPED' });
    const messageId = await host.run(task);
    expect(host.controlPlane.acknowledged(messageId)).toBe(true);
    expect(host.controlPlane.statusesOf(task.arn)).toEqual(['STOPPED']);
    expect(host.runtime.journal).toEqual([]);
  });

  test('one that cannot be run is reported and not acknowledged; the others of the payload run', async () => {
    const host = await startedHost();
    const circle = payloadTask(host.ids, { dependsOn: [{ containerName: 'app', condition: 'START' }] });
    const secret = payloadTask(host.ids, {
      secrets: [
        {
          name: 'A',
          valueFrom: 'a',
          region: 'us-east-1',
          provider: 'ssm',
          type: 'MOUNT_POINT',
          target: 'CONTAINER',
        },
      ],
    });
    const none = { encoding: 'base64', value: '' } as const;
    const associations = [{ name: 'E-1', type: 'elastic-inference' as const, content: none, containers: ['app'] }];
    const device = { ...payloadTask(host.ids), associations };
    const good = payloadTask(host.ids);
    const messageId = await host.run(circle, secret, device, good);
    expect(host.controlPlane.lastReport(circle.arn)).toMatchObject({
      status: 'STOPPED',
      reason: `TaskDependencyError: Task dependencies cannot be resolved, taskArn: ${circle.arn}`,
    });
    expect(host.controlPlane.lastReport(secret.arn)?.reason).toMatch(/^UnrecogniedTaskError: .*mounts the secret A/);
    expect(host.controlPlane.lastReport(device.arn)?.reason).toMatch(
      /^UnrecogniedTaskError: .*elastic-inference device/,
    );
    expect(host.controlPlane.lastReport(good.arn)?.status).toBe('RUNNING');
    expect(host.controlPlane.acknowledged(messageId)).toBe(false);
  });

  test('is restarted by its policy in the same container, unless the exit code is ignored or it came too soon', async () => {
    const host = await startedHost();
    const restartPolicy = { enabled: true, ignoredExitCodes: [0], restartAttemptPeriod: 60 };
    const task = payloadTask(host.ids, { restartPolicy });
    await host.run(task);
    const id = host.container(task.arn)?.runtimeId;
    await host.pass(61_000);
    host.runtime.endContainer('-app-', 1);
    await host.pass(1000);
    expect(await host.running()).toEqual(['ecs-web-1-app']);
    expect(host.container(task.arn)).toMatchObject({ runtimeId: id, known: 'RUNNING', restartCount: 1 });
    expect(host.controlPlane.statusesOf(task.arn)).toEqual(['PENDING', 'RUNNING']);
    host.runtime.endContainer('-app-', 1);
    await host.pass(1000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
  });
});

describe('order', () => {
  const chain = (condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY', over = {}): PayloadTask['containers'] => [
    payloadContainer({ dependsOn: [{ containerName: 'first', condition }] }),
    payloadContainer({ name: 'first', essential: false, healthCheckType: 'docker', ...over }),
  ];

  test('SUCCESS waits for exit 0, and gives up on another', async () => {
    for (const exitCode of [0, 2]) {
      const host = await startedHost({
        behaviour: (name) => (name.includes('-first-') ? { endsAfterMs: 5000, exitCode } : {}),
      });
      const task = payloadTask(host.ids, {}, { containers: chain('SUCCESS') });
      await host.run(task);
      expect(await host.running()).toEqual(['ecs-web-1-first']);
      await host.pass(10_000);
      if (exitCode === 0) {
        expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
      } else {
        expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
          status: 'STOPPED',
          containers: [
            {
              exitCode: 143,
              reason: 'CannotStartContainerError: dependency graph: container first exited with code 2',
            },
            { exitCode: 2 },
          ],
        });
      }
    }
  });

  test('HEALTHY waits for the health check, at most startTimeout', async () => {
    const health = { afterMs: 4000, status: 'healthy' as const };
    const config = JSON.stringify({ Healthcheck: { Test: ['CMD', 'true'] } });
    const dockerConfig = { version: '1.24', config, hostConfig: '{}' };
    const good = await startedHost({ behaviour: (name) => (name.includes('-first-') ? { health } : {}) });
    const task = payloadTask(good.ids, {}, { containers: chain('HEALTHY', { dockerConfig, startTimeout: 10 }) });
    await good.run(task);
    expect(await good.running()).toEqual(['ecs-web-1-first']);
    await good.pass(5000);
    expect(good.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');

    const never = await startedHost();
    const other = payloadTask(never.ids, {}, { containers: chain('HEALTHY', { dockerConfig, startTimeout: 10 }) });
    await never.run(other);
    await never.pass(15_000);
    expect(never.controlPlane.lastReport(other.arn)?.containers[0]?.reason).toContain('within 10 seconds');
  });

  test('containers stop in the reverse of their order, each within its own timeout', async () => {
    const host = await startedHost({ behaviour: (name) => ({ stopsAfterMs: name.includes('-app-') ? 90_000 : 0 }) });
    const containers = chain('START').map((container) => ({ ...container, stopTimeout: 5 }));
    const task = payloadTask(host.ids, {}, { containers });
    await host.run(task);
    host.controlPlane.stop(task);
    await host.pass(4000);
    expect(await host.running()).toHaveLength(2);
    await host.pass(4000);
    expect(host.runtime.journal.filter((entry) => entry.startsWith('end')).map((entry) => entry.split('-')[3])).toEqual(
      ['app', 'first'],
    );
    expect(host.controlPlane.lastReport(task.arn)?.containers).toMatchObject([{ exitCode: 137 }, { exitCode: 143 }]);
  });

  test('a task that does not fit waits, and keeps those behind it waiting', async () => {
    const host = await startedHost({ cpuCount: 1, memoryBytes: 1024 ** 3 });
    const [a, b, c] = [600, 600, 100].map((memory) => payloadTask(host.ids, { memory }));
    await host.run(a!, b!, c!);
    expect(host.controlPlane.lastReport(a!.arn)?.status).toBe('RUNNING');
    expect(host.controlPlane.statusesOf(b!.arn)).toEqual([]);
    expect(host.controlPlane.statusesOf(c!.arn)).toEqual([]);
    host.controlPlane.stop(a!);
    await host.pass(1000);
    expect(host.controlPlane.lastReport(b!.arn)?.status).toBe('RUNNING');
    expect(host.controlPlane.lastReport(c!.arn)?.status).toBe('RUNNING');
  });
});

describe('awsvpc', () => {
  test('the namespace holder comes first, the interface next, and both are gone before STOPPED is said', async () => {
    const host = await startedHost({ startMs: 50 });
    const task = awsvpcTask(host, { cpu: 0.25, memory: 512 });
    await host.run(task);
    const pause = host.container(task.arn, '~internal~ecs~pause');
    expect(host.network.attached.get(task.elasticNetworkInterfaces![0]!.ec2Id)).toMatchObject({
      address: '172.31.0.10',
    });
    expect(host.runtime.bodyOf('-app-').HostConfig).toMatchObject({ NetworkMode: `container:${pause?.runtimeId}` });
    expect([...host.cgroups.groups.values()]).toEqual([{ cpu: 0.25, memoryMiB: 512, cpuShares: 128 }]);
    expect(host.controlPlane.lastReport(task.arn)?.containers).toHaveLength(1);
    host.controlPlane.stop(task);
    await host.pass(1000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
    expect(host.network.attached.size).toBe(0);
    expect(host.cgroups.groups.size).toBe(0);
    expect(await host.running()).toEqual([]);
  });

  test('no container runs before the interface is there', async () => {
    const host = await startedHost();
    let attach = (): void => {};
    host.network.ready = new Promise((resolve) => {
      attach = resolve;
    });
    const task = awsvpcTask(host);
    await host.run(task);
    expect(await host.running()).toEqual(['ecs-web-1-internalecspause']);
    expect(host.container(task.arn)?.known).toBe('CREATED');
    attach();
    await host.pass(1000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
  });

  test('an interface that cannot be made stops the task with its reason', async () => {
    const host = await startedHost();
    host.network.failure = new Error('no veth here');
    const task = awsvpcTask(host);
    await host.run(task);
    expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
      status: 'STOPPED',
      reason: 'ContainerNetworkingError: no veth here',
    });
  });

  test('the death of the namespace holder stops the task', async () => {
    const host = await startedHost();
    const task = awsvpcTask(host);
    await host.run(task);
    host.runtime.endContainer('internalecspause', 137);
    await host.pass(2000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
  });
});
