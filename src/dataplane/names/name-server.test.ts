import { createSocket } from 'node:dgram';
import dns from 'dns-packet';
import { expect, test } from 'vitest';
import { instantFromMs, ManualClock, SeededRandom, silentLogger } from '#base';
import type { HostDocument, HostDocumentKind } from '#wire/link';
import { NameServer } from './name-server.ts';

/** The documents of a host, with what changed since the last look. */
class Documents {
  readonly #kinds = new Map<HostDocumentKind, Map<string, unknown>>();

  all(kind: HostDocumentKind): ReadonlyMap<string, never> {
    return (this.#kinds.get(kind) ?? new Map<string, unknown>()) as unknown as ReadonlyMap<string, never>;
  }

  put(...documents: HostDocument[]): ReadonlyMap<HostDocumentKind, ReadonlySet<string>> {
    const changed = new Map<HostDocumentKind, Set<string>>();
    for (const { kind, id, body } of documents) {
      this.#kinds.set(kind, (this.#kinds.get(kind) ?? new Map<string, unknown>()).set(id, body));
      changed.set(kind, (changed.get(kind) ?? new Set<string>()).add(id));
    }
    return changed;
  }

  remove(kind: HostDocumentKind, id: string): ReadonlyMap<HostDocumentKind, ReadonlySet<string>> {
    this.#kinds.get(kind)?.delete(id);
    return new Map([[kind, new Set([id])]]);
  }
}

const [resolver, vpcResolver, home, stranger, port] = ['127.0.53.1', '127.0.53.2', '127.0.53.4', '127.0.53.5', 5453];
const zone = { vpcIds: ['vpc-1'], negativeTtl: 5 };
const nothing = { zoneId: 'z', type: 'A' as const, ttl: 5, routing: 'simple' as const };

function subnetInterface(id: string, vpcId: string, address: string): HostDocument {
  const body = { vpcId, subnetId: 's', addresses: [address], macAddress: '', groupIds: [], sourceDestCheck: true };
  return { kind: 'interface', id, body };
}

/** What an address is answered at another one; `undefined` when nobody listens there. */
async function ask(name: string, from: string, at = resolver): Promise<[number, unknown[]] | undefined> {
  const socket = createSocket('udp4');
  const query = dns.encode({ type: 'query', id: 1, questions: [{ type: 'A', name }] });
  try {
    return await new Promise<[number, unknown[]] | undefined>((resolve) => {
      socket.on('message', (bytes) => {
        const answer = dns.decode(bytes);
        resolve([(answer.flags ?? 0) & 0xf, (answer.answers ?? []).map((each) => 'data' in each && each.data)]);
      });
      socket.on('error', () => resolve(undefined));
      socket.bind({ address: from }, () => socket.connect(port, at, () => socket.send(query)));
    });
  } finally {
    socket.close();
  }
}

test('an interface is answered for its VPC, the host for all, and addresses come and go with the VPCs', async () => {
  const added: string[] = [];
  const clock = new ManualClock(instantFromMs(0));
  const waiting = Promise.withResolvers<void>();
  await using server = new NameServer(
    { domain: 'ec2.internal', address: resolver, port },
    {
      addresses: {
        add: async (address) => {
          added.push(address);
          if (address === vpcResolver) waiting.resolve();
        },
        remove: async (address) => {
          added.splice(added.indexOf(address), 1);
        },
      },
      forwarder: { ask: () => Promise.reject(new Error('nobody else')) },
      random: new SeededRandom(1),
      clock,
      log: silentLogger,
    },
  );
  expect(await server.probe()).toEqual({ available: true, problems: [] });
  const documents = new Documents();
  documents.put(
    { kind: 'vpc', id: 'vpc-1', body: { cidrs: [], resolverAddress: vpcResolver } },
    { kind: 'vpc', id: 'vpc-2', body: { cidrs: [] } },
    { kind: 'zone', id: 'z', body: { name: 'web.local', ...zone } },
    { kind: 'name', id: 'n', body: { ...nothing, name: 'api.web.local', values: [{ value: '10.0.0.1' }] } },
    subnetInterface('eni-1', 'vpc-1', home),
    subnetInterface('eni-2', 'vpc-2', stranger),
  );
  await server.apply(documents, 'all');
  server.start();
  await waiting.promise;
  await expect.poll(() => ask('api.web.local', home, vpcResolver)).toEqual([0, ['10.0.0.1']]);
  expect(await ask('api.web.local', home)).toEqual([0, ['10.0.0.1']]);
  // A VPC without DNS support has no resolver.
  expect(await ask('api.web.local', stranger)).toEqual([5, []]);
  expect(await ask('api.web.local', '127.0.0.1')).toEqual([0, ['10.0.0.1']]);
  await server.apply(
    documents,
    documents.put({ kind: 'vpc', id: 'vpc-2', body: { cidrs: [], resolverAddress: '127.0.53.3' } }),
  );
  expect(await ask('api.web.local', stranger)).toEqual([2, []]);
  await server.apply(documents, documents.remove('name', 'n'));
  expect(await ask('api.web.local', home)).toEqual([3, []]);
  await server.apply(documents, documents.remove('zone', 'z'));
  expect(await ask('api.web.local', home)).toEqual([2, []]);
  await server.apply(documents, documents.remove('vpc', 'vpc-1'));
  await expect.poll(() => ask('api.web.local', home, vpcResolver)).toBeUndefined();
  expect(added).not.toContain(vpcResolver);
});

test('an address that somebody else has is tried again', async () => {
  const clock = new ManualClock(instantFromMs(0));
  const other = createSocket('udp4');
  await new Promise<void>((resolve) => other.bind({ address: '127.0.54.1', port }, resolve));
  const warned = Promise.withResolvers<void>();
  await using server = new NameServer(
    { domain: 'ec2.internal', address: '127.0.54.1', port },
    {
      addresses: { add: () => Promise.resolve(), remove: () => Promise.resolve() },
      forwarder: { ask: () => Promise.reject(new Error('nobody else')) },
      random: new SeededRandom(1),
      clock,
      log: { ...silentLogger, warn: () => warned.resolve() },
    },
  );
  server.start();
  await warned.promise;
  await new Promise<void>((resolve) => other.close(() => resolve()));
  await expect
    .poll(() => {
      clock.advanceMs(5_000);
      return ask('web.local', '127.0.0.1', '127.0.54.1');
    })
    .toEqual([2, []]);
});
