import { expect, test } from 'vitest';
import type { SimulatedRuntimeOptions } from '../../runtime/simulated.ts';
import { payloadContainer } from '../../testing.ts';
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

test('a sender that leaves the proxy’s container out gets one; other network modes are refused', async () => {
  const { host } = await meshHost();
  const bridge = { ...awsvpcTask(host, { attachments: [attachment] }), networkMode: 'bridge' as const };
  await host.run(bridge);
  expect(host.controlPlane.lastReport(bridge.arn)?.reason).toContain('network mode bridge');
  const given = awsvpcTask(host, {
    attachments: [attachment],
    containers: [payloadContainer({ name: proxyName, image: '' }), ...containers],
  });
  await host.run(given);
  expect(host.task(given.arn)?.containers.filter(({ name }) => name === proxyName)).toHaveLength(1);
});
