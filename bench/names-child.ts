import { createSocket } from 'node:dgram';
import { Listener } from '../src/dataplane/names/listener.ts';
import { Resolver } from '../src/dataplane/names/resolver.ts';
import { Zones } from '../src/dataplane/names/zones.ts';
import { SystemRandom } from '../src/main/system.ts';

/** The servers of `names.bench.ts`, each in a process of its own: the resolver, or a socket that gives back what it gets. */
const [part = ''] = process.argv.slice(2);
const names = 1_000;
const addressesOfEach = 10;

async function resolver(): Promise<number> {
  const zones = new Zones();
  zones.putZone('z', { name: 'shop.local', vpcIds: 'all', negativeTtl: 15 });
  for (let n = 0; n < names; n++) {
    const values = Array.from({ length: addressesOfEach }, (_, host) => ({ value: `10.${n >> 8}.${n & 255}.${host}` }));
    const record = { zoneId: 'z', type: 'A' as const, ttl: 10, routing: 'multivalue' as const, values };
    zones.putName(`n${n}`, { ...record, name: `service-${n}.shop.local` });
  }
  const answering = new Resolver({
    zones,
    interfaces: { vpcOf: () => undefined, domain: 'ec2.internal' },
    forwarder: { ask: () => Promise.reject(new Error('nobody else is asked')) },
    random: new SystemRandom(),
  });
  const listener = await Listener.open({
    address: '127.0.0.1',
    port: 0,
    answer: (message, _, transport) => answering.answer(message, { asker: { vpcId: 'v' }, forwards: false, transport }),
  });
  return listener.port;
}

/** What the machine can do at most: no more than a datagram in and one out, of the answers' size. */
async function echo(): Promise<number> {
  const socket = createSocket({ type: 'udp4', lookup: (host, _, done) => done(null, host, 4) });
  socket.on('message', (message, { address, port }) => socket.send(Buffer.concat([message, padding]), port, address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket.address().port;
}

const padding = Buffer.alloc(128);
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }));
process.send?.({ port: part === 'echo' ? await echo() : await resolver() });
