import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PayloadTask } from '#wire/link';
import { payloadTask } from '../../../src/agent/testing.ts';
import { ids, makeTestImage, removeTestImage, TestHost, testImage, until } from './harness.ts';

let host: TestHost;

beforeAll(async () => {
  makeTestImage();
  host = new TestHost();
  await host.start();
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  removeTestImage();
});

let nextAddress = 200;

async function run(command: string[], over: Partial<PayloadTask> = {}): Promise<{ id: string; address: string }> {
  const last = nextAddress++;
  const address = `10.253.32.${last}`;
  const eni = {
    attachmentArn: 'a',
    ec2Id: `eni-${ids.hex(17)}`,
    macAddress: `0a:53:00:00:00:${last.toString(16)}`,
    index: 0,
    interfaceAssociationProtocol: 'default',
    ipv4Addresses: [{ privateAddress: address, primary: true }],
    subnetGatewayIpv4Address: '10.253.32.1/20',
    privateDnsName: 'name',
  };
  const container = { image: testImage, command };
  const task = payloadTask(ids, container, { networkMode: 'awsvpc', elasticNetworkInterfaces: [eni], ...over });
  host.controlPlane.assign(task);
  const report = await until('it runs', () => {
    const last = host.controlPlane.lastReport(task.arn);
    return last?.status === 'RUNNING' ? last : undefined;
  });
  return { id: report.containers[0]?.runtimeId ?? '', address };
}

const execute = promisify(execFile);

/** Never waits with the event loop held: the agent that is asked runs in this very process. */
async function inside(id: string, ...command: string[]): Promise<string> {
  return (await execute('docker', ['exec', id, ...command], { timeout: 20_000 })).stdout.trim();
}

/** What a process in the container gets from a URL within a second; empty when nothing. */
function fetched(id: string, url: string): Promise<string> {
  return inside(id, 'sh', '-c', 'wget -q -O - "$0" & p=$!; sleep 1; kill $p 2>/dev/null; true', url);
}

async function fault(id: string, what: string, body: object): Promise<unknown> {
  const script = 'wget -q -O - --post-data "$1" "$ECS_AGENT_URI/fault/v1/network-blackhole-port/$0"';
  return JSON.parse(await inside(id, 'sh', '-c', script, what, JSON.stringify(body)));
}

test('a task puts a port of its own network into a black hole, and takes it out again', async () => {
  const server = await run(['httpd', '-f', '-p', '80', '-h', '/www']);
  const client = await run(['sleep', '1000'], { enableFaultInjection: true });
  const url = `http://${server.address}/`;
  await until('the server answers', async () => (await fetched(client.id, url)) === 'hello');
  const port = { Port: 80, Protocol: 'tcp', TrafficType: 'egress' };
  expect(await fault(client.id, 'status', port)).toEqual({ Status: 'not-running' });
  expect(await fault(client.id, 'start', port)).toEqual({ Status: 'running' });
  expect(await fetched(client.id, url)).toBe('');
  // Others are not touched, and the endpoints stay within reach.
  expect(await (await fetch(url)).text()).toBe('hello\n');
  expect(await fault(client.id, 'stop', port)).toEqual({ Status: 'stopped' });
  expect(await fetched(client.id, url)).toBe('hello');
});
