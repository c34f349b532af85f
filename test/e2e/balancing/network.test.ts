import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ListenerDocument, TargetDocument } from '../../../src/wire/link/index.ts';
import { Bed, forward, groupArn, groupDocument, listener, rule } from './bed.ts';
import { selfSigned } from './certificates.ts';
import { until } from './client.ts';

let bed: Bed;

beforeEach(async () => {
  bed = await Bed.create();
});

afterEach(() => bed[Symbol.asyncDispose]());

const tcpCheck = { ...groupDocument('web', []).healthCheck, protocol: 'TCP' as const };

function network(protocol: ListenerDocument['protocol'], port: number, ...groups: readonly string[]): ListenerDocument {
  return { ...listener(port, rule(forward(...groups))), protocol };
}

/** A target that says its name first and then gives back what it is told. */
async function echo(
  name: string,
): Promise<TargetDocument & { readonly sockets: Set<Socket>; readonly heard: string[] }> {
  const sockets = new Set<Socket>();
  const heard: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.write(`${name}\n`);
    socket.on('data', (data) => {
      heard.push(data.toString('latin1'));
      socket.write(data);
    });
  });
  const port = await bed.listen(server);
  bed.defer(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { id: bed.targetAddress, address: bed.targetAddress, port, draining: false, sockets, heard };
}

async function greet(
  port: number,
  host = bed.address(10),
): Promise<{ readonly name: string; readonly socket: Socket }> {
  const socket = connect(port, host);
  socket.on('error', () => {});
  const [data] = (await once(socket, 'data')) as [Buffer];
  return { name: data.toString().trim(), socket };
}

test('TCP: each in turn, what is open stays when the target leaves, health by connections', async () => {
  const [a, b] = [await echo('a'), await echo('b')];
  bed.group('tcp', [a, b], { protocol: 'TCP', healthCheck: tcpCheck });
  bed.balancer('net', 10, [network('TCP', 9000, 'tcp')], { type: 'network' });
  await bed.healthy('tcp', 2);
  await bed.balancing.settled();
  const names = new Map<string, Socket>();
  for (let i = 0; i < 8; i++) {
    const { name, socket } = await greet(9000);
    if (names.has(name)) socket.destroy();
    else names.set(name, socket);
  }
  expect([...names.keys()].sort()).toEqual(['a', 'b']);
  bed.group('tcp', [{ ...a, draining: true }, b], { protocol: 'TCP', healthCheck: tcpCheck });
  await bed.apply();
  await bed.balancing.settled();
  for (let i = 0; i < 6; i++) {
    const { name, socket } = await greet(9000);
    expect(name).toBe('b');
    socket.destroy();
  }
  const kept = names.get('a');
  kept?.write('still there');
  expect(String((await once(kept!, 'data'))[0])).toBe('still there');
  for (const socket of names.values()) socket.destroy();
});

test('TCP: a target that takes no connection is unhealthy, by refusal', async () => {
  const server = createServer();
  const port = await bed.listen(server);
  server.close();
  const gone = { id: 'gone', address: bed.targetAddress, port, draining: false };
  const silent = createServer(() => {});
  const quiet = { id: 'quiet', address: bed.targetAddress, port: await bed.listen(silent), draining: false };
  const healthCheck = { ...tcpCheck, intervalSeconds: 1, timeoutSeconds: 1 };
  bed.group('tcp', [gone, quiet], { protocol: 'TCP', healthCheck });
  bed.balancer('net', 10, [network('TCP', 9000, 'tcp')], { type: 'network' });
  const of = (id: string, state: string): Promise<unknown> =>
    bed.reported(({ kind, report }) => kind === 'target-health' && report.id === id && report.state === state);
  // Who takes connections and says nothing is healthy.
  await of('quiet', 'healthy');
  expect(await of('gone', 'unhealthy')).toMatchObject({ report: { reason: 'Target.FailedHealthChecks' } });
});

test('weights between groups', async () => {
  const [a, b, c] = [await echo('a'), await echo('b'), await echo('c')];
  bed.group('one', [a, b], { protocol: 'TCP', healthCheck: tcpCheck });
  bed.group('two', [c], { protocol: 'TCP', healthCheck: tcpCheck });
  const weighted = {
    ...network('TCP', 9000, 'one'),
    rules: [
      rule({
        type: 'forward',
        targetGroups: [
          { targetGroupArn: groupArn('one'), weight: 80 },
          { targetGroupArn: groupArn('two'), weight: 20 },
        ],
      }),
    ],
  };
  bed.balancer('net', 10, [weighted], { type: 'network' });
  await Promise.all([bed.healthy('one', 2), bed.healthy('two', 1)]);
  let [ofC, all] = [0, 0];
  const lanes = Array.from({ length: 8 }, async () => {
    for (let i = 0; i < 100; i++) {
      const { name, socket } = await greet(9000);
      socket.destroy();
      all += 1;
      if (name === 'c') ofC += 1;
    }
  });
  await Promise.all(lanes);
  expect(ofC / all).toBeGreaterThan(0.14);
  expect(ofC / all).toBeLessThan(0.26);
});

test('UDP: a client stays with its target, another meets another; health over TCP', async () => {
  const targets: TargetDocument[] = [];
  const health = await echo('health');
  for (const name of ['a', 'b', 'c']) {
    const socket = createSocket('udp4', (_message: Buffer, from: RemoteInfo) =>
      socket.send(name, from.port, from.address),
    );
    await new Promise<void>((resolve) => socket.bind(0, bed.targetAddress, resolve));
    bed.defer(() => void socket.close());
    targets.push({ id: name, address: bed.targetAddress, port: socket.address().port, draining: false });
  }
  const healthCheck = { ...tcpCheck, port: String(health.port) };
  bed.group('udp', targets, { protocol: 'UDP', healthCheck });
  bed.balancer('net', 10, [network('UDP', 5300, 'udp')], { type: 'network' });
  await bed.healthy('udp', 3);
  const met = new Set<string>();
  for (let client = 0; client < 12; client++) {
    const socket = createSocket('udp4');
    const names = new Set<string>();
    for (let i = 0; i < 50; i++) {
      socket.send('?', 5300, bed.address(10));
      names.add(String((await once(socket, 'message'))[0]));
    }
    expect(names.size).toBe(1);
    for (const name of names) met.add(name);
    socket.close();
  }
  expect(met.size).toBeGreaterThan(1);
});

test('TLS ends at the balancer; the PROXY protocol tells the target who calls', async () => {
  bed.documents.certificates.set('arn:a', selfSigned('a.test'));
  const a = await echo('a');
  bed.group('tls', [a], {
    protocol: 'TCP',
    healthCheck: tcpCheck,
    attributes: { 'proxy_protocol_v2.enabled': 'true' },
  });
  const tls: ListenerDocument = { ...network('TLS', 9443, 'tls'), defaultCertificateArn: 'arn:a' };
  bed.balancer('net', 10, [tls, network('TCP', 9001, 'tls')], { type: 'network' });
  await bed.healthy('tls', 1);
  const secured = connectTls({ host: bed.address(10), port: 9443, servername: 'a.test', rejectUnauthorized: false });
  expect(String((await once(secured, 'data'))[0]).slice(0, 2)).toBe('a\n');
  expect(secured.getPeerCertificate().subject.CN).toBe('a.test');
  secured.destroy();
  const { socket } = await greet(9001);
  await until(() => a.heard.length >= 2);
  for (const heard of a.heard) expect(heard.slice(0, 12)).toBe('\r\n\r\n\0\r\nQUIT\n');
  socket.destroy();
});

test('with preserve_client_ip the target on this host sees who calls, and its answers find the way back', async () => {
  const [target, client] = [
    await bed.hostedProgram(20, echoPeer),
    await bed.hostedProgram(21, 'process.stdin.resume()'),
  ];
  const attributes = { 'preserve_client_ip.enabled': 'true' };
  bed.group('tcp', [{ id: target.address, address: target.address, port: 7000, draining: false }], {
    protocol: 'TCP',
    healthCheck: tcpCheck,
    attributes,
  });
  bed.balancer('net', 10, [network('TCP', 9000, 'tcp')], { type: 'network' });
  await bed.healthy('tcp', 1);
  expect(client.run(peerSeen(bed.address(10)))).toBe(client.address);
  // From the host itself the node's address is what the target sees: its answers would not come by otherwise.
  expect((await greet(9000)).name).toBe(bed.address(10));
});

/** Tells each caller as whom it is seen. */
const echoPeer = `require('net').createServer((s) => { s.on('error', () => {}); s.write(s.remoteAddress.replace('::ffff:', '') + '\\n'); }).listen(7000)`;

function peerSeen(address: string): string {
  return `require('net').connect(9000, '${address}').once('data', (d) => { process.stdout.write(d.toString().trim()); process.exit(); })`;
}
