import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import dns from 'dns-packet';
import { expect, test } from 'vitest';
import { SeededRandom } from '#base';
import { HostForwarder } from './forwarder.ts';
import { FrameReader, framed } from './frames.ts';
import { Listener } from './listener.ts';
import { Resolver } from './resolver.ts';
import type { AnswerFor } from './siblings.ts';
import { hostServers } from './upstream-servers.ts';
import { Zones } from './zones.ts';

function question(name: string): Buffer {
  return dns.encode({ type: 'query', id: 9, flags: dns.RECURSION_DESIRED, questions: [{ type: 'A', name }] });
}

function byUdp(port: number, name: string): Promise<dns.Packet> {
  const socket = createSocket('udp4');
  return new Promise<Buffer>((resolve) => {
    socket.on('message', resolve);
    socket.send(question(name), port, '127.0.0.1');
  })
    .then((bytes) => dns.decode(bytes))
    .finally(() => socket.close());
}

function byTcp(port: number, ...names: string[]): Promise<dns.Packet[]> {
  const socket = connect(port, '127.0.0.1');
  const reader = new FrameReader();
  const answers: dns.Packet[] = [];
  return new Promise<dns.Packet[]>((resolve) => {
    socket.on('data', (bytes) => {
      for (const frame of reader.read(bytes)) answers.push(dns.decode(frame));
      if (answers.length === names.length) resolve(answers);
    });
    for (const byte of Buffer.concat(names.map((name) => framed(question(name))))) socket.write(Buffer.of(byte));
  }).finally(() => socket.destroy());
}

test('questions are answered by UDP and TCP, and those of others are asked of the host’s servers in turn', async () => {
  const zones = new Zones();
  zones.putZone('z', { name: 'web.local', vpcIds: 'all', negativeTtl: 5 });
  const values = [{ value: '10.0.0.1' }];
  zones.putName('n', { zoneId: 'z', name: 'api.web.local', type: 'A', ttl: 5, routing: 'simple', values });
  const away = new Resolver({
    zones: new Zones(),
    interfaces: { vpcOf: () => undefined, domain: 'ec2.internal' },
    forwarder: { ask: async () => await Promise.reject(new Error('nobody')) },
    random: new SeededRandom(1),
  });
  const other = new Zones();
  other.putZone('z', { name: 'example.com', vpcIds: 'all', negativeTtl: 5 });
  other.putName('n', { zoneId: 'z', name: 'example.com', type: 'A', ttl: 5, routing: 'simple', values });
  const by =
    (resolver: Resolver): AnswerFor =>
    (message, _, transport) =>
      resolver.answer(message, { asker: 'host', forwards: true, transport });
  const parts = { interfaces: { vpcOf: () => undefined, domain: 'ec2.internal' }, random: new SeededRandom(1) };
  const knowing = new Resolver({ zones: other, forwarder: { ask: () => Promise.reject(new Error('no')) }, ...parts });
  await using upstream = await Listener.open({ address: '127.0.0.2', port: 0, answer: by(knowing) });
  await using failing = await Listener.open({ address: '127.0.0.3', port: upstream.port, answer: by(away) });
  let id = 0;
  const forwarder = new HostForwarder({
    servers: () => Promise.resolve([failing.address, upstream.address]),
    port: upstream.port,
    newId: () => ++id,
  });
  await using listener = await Listener.open({
    address: '127.0.0.1',
    port: 0,
    answer: by(new Resolver({ zones, forwarder, ...parts })),
  });
  const own = await byUdp(listener.port, 'api.web.local');
  expect(own.answers).toMatchObject([{ data: '10.0.0.1' }]);
  const theirs = await byUdp(listener.port, 'example.com');
  expect([theirs.id, theirs.answers]).toMatchObject([9, [{ data: '10.0.0.1' }]]);
  const both = await byTcp(listener.port, 'api.web.local', 'example.com');
  expect(both.map(({ answers }) => answers?.length)).toEqual([1, 1]);
  expect(id).toBe(4);
  const none = await byUdp(listener.port, 'nowhere.example');
  expect((none.flags ?? 0) & 0xf).toBe(2);
  await expect(Listener.open({ address: '127.0.0.1', port: listener.port, answer: by(away) })).rejects.toThrow(
    'EADDRINUSE',
  );
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.9', resolve));
  const { port } = taken.address() as { port: number };
  await expect(Listener.open({ address: '127.0.0.9', port, answer: by(away) })).rejects.toThrow('EADDRINUSE');
  taken.close();
});

test.each([
  [
    'the host’s own',
    { '/etc/resolv.conf': 'search x\nnameserver 192.0.2.1\nnameserver 192.0.2.2\n' },
    ['192.0.2.1', '192.0.2.2'],
  ],
  ['never our own', { '/etc/resolv.conf': 'nameserver 169.254.169.253\nnameserver 192.0.2.1' }, ['192.0.2.1']],
  [
    'behind the stub',
    { '/etc/resolv.conf': 'nameserver 127.0.0.53', '/run/systemd/resolve/resolv.conf': 'nameserver 192.0.2.3\n' },
    ['192.0.2.3'],
  ],
  ['the stub, where nothing else is known', { '/etc/resolv.conf': 'nameserver 127.0.0.1' }, ['127.0.0.1']],
  ['of version six', { '/etc/resolv.conf': 'nameserver fe80::1%eth0\n' }, ['fe80::1']],
  ['none', {}, []],
])('servers to ask: %s', async (_, files: Record<string, string>, servers) => {
  const read = (path: string) => Promise.resolve(files[path]);
  expect(await hostServers({ read }, new Set(['169.254.169.253']))).toEqual(servers);
});
