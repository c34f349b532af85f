import { describe, expect, test } from 'vitest';
import type { SimulatedRuntimeOptions } from '../../runtime/simulated.ts';
import { payloadContainer, payloadTask } from '../../testing.ts';
import { awsvpcTask, SimulatedHost, SimulatedProxies } from '../../testing-host.ts';

const proxyName = 'ecs-service-connect-abcde';
const config = JSON.stringify({ dnsConfig: [{ hostName: 'api', address: '127.255.0.1' }] });
const attachment = {
  attachmentArn: 'arn:aws:ecs:us-east-1:000000000000:attachment/default/2',
  attachmentType: 'serviceconnectdetail' as const,
  attachmentProperties: [
    { name: 'ContainerName', value: proxyName },
    { name: 'ServiceConnectConfig', value: config },
  ],
};
const containers = [payloadContainer({ name: 'one' }), payloadContainer({ name: 'two' })];

async function meshHost(options: SimulatedRuntimeOptions = {}): Promise<{
  host: SimulatedHost;
  proxies: SimulatedProxies;
  task: ReturnType<typeof awsvpcTask>;
}> {
  const host = new SimulatedHost(options);
  const proxies = new SimulatedProxies();
  host.proxies = proxies;
  await host.start();
  return { host, proxies, task: awsvpcTask(host, { containers, attachments: [attachment] }) };
}

test('a host that can announces Service Connect', async () => {
  const { host } = await meshHost();
  const names = host.controlPlane.registrations.at(-1)?.attributes.map(({ name }) => name);
  expect(names).toContain('ecs.capability.service-connect-v1');
  expect(names).toContain('roadstead.capability.mesh');
});

test('everything waits until the proxy serves, and then it is healthy; its program is the host’s', async () => {
  const { host, proxies, task } = await meshHost();
  const told = Promise.withResolvers<void>();
  const serving = Promise.withResolvers<void>();
  proxies.told = told.promise;
  proxies.serving = serving.promise;
  await host.run(task);
  expect(await host.running()).toEqual(['ecs-web-1-internalecspause']);
  told.resolve();
  await host.pass(1000);
  expect(await host.running()).toEqual(['ecs-web-1-internalecspause', `ecs-web-1-${proxyName}`]);
  expect(host.container(task.arn, 'one')?.known).toBe('CREATED');
  serving.resolve();
  await host.pass(1000);
  expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
    status: 'RUNNING',
    containers: [{ containerName: proxyName, status: 'RUNNING' }, { status: 'RUNNING' }, { status: 'RUNNING' }],
  });
  expect(host.container(task.arn, proxyName)?.health).toBe('HEALTHY');
  expect(host.runtime.bodyOf(proxyName)).toMatchObject({
    Image: 'roadstead/pause:1',
    Entrypoint: ['/usr/sbin/haproxy'],
    Cmd: ['-W'],
    User: '101:102',
    Env: [],
    HostConfig: { ReadonlyRootfs: true, CapDrop: ['ALL'], Binds: ['/usr:/usr:ro'] },
  });
  expect(host.runtime.bodyOf('internalecspause').HostConfig['ExtraHosts']).toContain('api:127.255.0.1');
});

test('callers turn elsewhere first; the proxy is stopped last, and nothing is left', async () => {
  const { host, proxies, task } = await meshHost();
  await host.run(task);
  host.runtime.journal.length = 0;
  host.controlPlane.stop(task);
  await host.pass(1000);
  expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
  const stops = host.runtime.journal
    .filter((line) => line.startsWith('stop '))
    .map((line) => /one|two|connect/.exec(line)?.[0]);
  expect(stops).toEqual(['one', 'two', 'connect']);
  expect(proxies.calls).toEqual(['serve', 'drain', 'end']);
  expect(await host.running()).toEqual([]);
});

test('a proxy that ends is started again after growing pauses, and then the task stops', async () => {
  const { host, proxies, task } = await meshHost();
  await host.run(task);
  let restarts = 0;
  for (const pauseMs of [500, 1000, 2000, 4000, 8000]) {
    const id = host.container(task.arn, proxyName)?.runtimeId ?? '';
    await host.runtime.killContainer(id);
    await host.pass(pauseMs - 1);
    expect((await host.running()).some((name) => name.includes(proxyName))).toBe(false);
    await host.pass(50);
    expect((await host.running()).some((name) => name.includes(proxyName))).toBe(true);
    restarts += 1;
    expect(proxies.calls.filter((call) => call === 'serve').length).toBe(1 + restarts);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
  }
  await host.runtime.killContainer(host.container(task.arn, proxyName)?.runtimeId ?? '');
  await host.pass(2000);
  expect(host.controlPlane.lastReport(task.arn)).toMatchObject({ status: 'STOPPED' });
});

test('without the control plane’s word the task stops, and says why', async () => {
  const { host, proxies, task } = await meshHost();
  proxies.failure = new Error('the control plane has not told this host');
  await host.run(task);
  await host.pass(1000);
  expect(host.controlPlane.lastReport(task.arn)).toMatchObject({
    status: 'STOPPED',
    reason: 'ResourceInitializationError: Service Connect: the control plane has not told this host',
  });
});

test('an agent that was killed takes the proxy up again; nothing is stopped', async () => {
  const { host, proxies, task } = await meshHost();
  await host.run(task);
  const before = await host.running();
  await host.crash();
  proxies.calls.length = 0;
  await host.start();
  await host.pass(1000);
  expect(proxies.calls).toEqual(['serve']);
  expect(await host.running()).toEqual(before);
  expect(host.container(task.arn, proxyName)).toMatchObject({ known: 'RUNNING', health: 'HEALTHY' });
});

test('a sender that leaves the proxy’s container out gets one; the host’s network is refused', async () => {
  const { host } = await meshHost();
  const shared = { ...awsvpcTask(host, { attachments: [attachment] }), networkMode: 'host' as const };
  await host.run(shared);
  expect(host.controlPlane.lastReport(shared.arn)?.reason).toContain('network mode host');
  const given = awsvpcTask(host, {
    attachments: [attachment],
    containers: [payloadContainer({ name: proxyName, image: '' }), ...containers],
  });
  await host.run(given);
  expect(host.task(given.arn)?.containers.filter(({ name }) => name === proxyName)).toHaveLength(1);
});

describe('in bridge mode', () => {
  const bridgeConfig = JSON.stringify({
    ingressConfig: [{ listenerName: 'ingress-http', listenerPort: 65_000, hostPort: 0 }],
    egressConfig: { listenerName: 'egress', vip: { ipv4Cidr: '169.254.176.0/20' } },
    dnsConfig: [{ hostName: 'api', address: '169.254.176.1' }],
  });
  const attachments = [
    {
      ...attachment,
      attachmentProperties: [
        { name: 'ContainerName', value: proxyName },
        { name: 'ServiceConnectConfig', value: bridgeConfig },
      ],
    },
  ];
  const mapping = { containerPort: 80, hostPort: 0, protocol: 'tcp' as const };
  const hosts = JSON.stringify({ ExtraHosts: ['db:10.0.0.9'], Dns: ['10.0.0.2'] });

  async function bridged(options: SimulatedRuntimeOptions = {}) {
    const { host, proxies } = await meshHost(options);
    const task = payloadTask(
      host.ids,
      {},
      {
        attachments,
        containers: [
          payloadContainer({ name: proxyName, image: '', portMappings: [{ ...mapping, containerPort: 65_000 }] }),
          payloadContainer({
            name: 'web',
            portMappings: [mapping],
            dockerConfig: { version: '1.24', config: '{}', hostConfig: hosts },
          }),
          payloadContainer({ name: 'side', portMappings: [mapping] }),
        ],
      },
    );
    return { host, proxies, task };
  }

  test('each container has a network of its own, from which names lead to the proxy’s', async () => {
    const { host, proxies, task } = await bridged();
    await host.run(task);
    const holderOf = (name: string) => host.container(task.arn, `~internal~ecs~pause-${name}`);
    for (const name of ['web', 'side', proxyName]) {
      const body = host.runtime.bodyOf(`-1-${name}-`);
      expect(body.HostConfig).toMatchObject({ NetworkMode: `container:${holderOf(name)?.runtimeId}` });
      expect(body).not.toHaveProperty('ExposedPorts');
      for (const setting of ['PortBindings', 'ExtraHosts', 'Dns']) expect(body.HostConfig).not.toHaveProperty(setting);
    }
    expect(host.runtime.bodyOf('internalecspause-web')).toMatchObject({
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { NetworkMode: 'bridge', ExtraHosts: ['db:10.0.0.9', 'api:169.254.176.1'], Dns: ['10.0.0.2'] },
    });
    const [routes] = proxies.routes;
    expect(routes).toMatchObject({ block: '169.254.176.0/20', proxy: { address: expect.stringMatching(/^172\.17/) } });
    expect(new Set([routes?.proxy.pid, ...(routes?.callers ?? [])]).size).toBe(3);
    expect(proxies.calls).toEqual(['route', 'serve']);
    expect([...(proxies.containers.get(task.arn)?.addresses.keys() ?? [])].sort()).toEqual(
      ['side', 'web', proxyName].sort(),
    );
    expect(proxies.containers.get(task.arn)?.pid).toBe(routes?.proxy.pid);
  });

  test('ports of the host are told as those of the containers, and given back', async () => {
    const { host, task } = await bridged();
    await host.run(task);
    const report = host.controlPlane.lastReport(task.arn);
    expect(report).toMatchObject({
      status: 'RUNNING',
      containers: [
        { containerName: proxyName, networkBindings: [{ containerPort: 65_000, hostPort: expect.any(Number) }] },
        { containerName: 'web', networkBindings: [{ containerPort: 80, hostPort: expect.any(Number) }] },
        { containerName: 'side', networkBindings: [{ containerPort: 80, hostPort: expect.any(Number) }] },
      ],
    });
    host.controlPlane.stop(task);
    await host.pass(1000);
    expect(await host.running()).toEqual([]);
    // Ten ports are all there are: six such tasks, one after the other, need eighteen.
    for (let i = 0; i < 5; i++) {
      const next = (await bridgedOn(host)).arn;
      expect(host.controlPlane.lastReport(next)?.status).toBe('RUNNING');
      host.controlPlane.stop({ ...task, arn: next });
      await host.pass(1000);
    }
  });

  async function bridgedOn(host: SimulatedHost) {
    const { task } = await bridged();
    const again = { ...task, arn: `arn:aws:ecs:us-east-1:000000000000:task/default/${host.ids.hex(32)}` };
    await host.run(again);
    return again;
  }

  test('no container runs before the ways are there, and the proxy serves', async () => {
    const { host, proxies, task } = await bridged({ startMs: 100 });
    const serving = Promise.withResolvers<void>();
    proxies.serving = serving.promise;
    await host.run(task);
    expect(proxies.calls).toEqual(['route']);
    expect(host.container(task.arn, 'web')?.known).toBe('CREATED');
    serving.resolve();
    await host.pass(1000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('RUNNING');
  });

  test('an agent that was killed finds all of it again', async () => {
    const { host, proxies, task } = await bridged();
    await host.run(task);
    const before = await host.running();
    await host.crash();
    proxies.calls.length = 0;
    await host.start();
    await host.pass(1000);
    expect(proxies.calls.sort()).toEqual(['route', 'serve']);
    expect(await host.running()).toEqual(before);
  });

  test('a holder that ends is the task’s end', async () => {
    const { host, task } = await bridged();
    await host.run(task);
    host.runtime.endContainer('internalecspause-web', 137);
    await host.pass(5000);
    expect(host.controlPlane.lastReport(task.arn)?.status).toBe('STOPPED');
    expect(await host.running()).toEqual([]);
  });
});
