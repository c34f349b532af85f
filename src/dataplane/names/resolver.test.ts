import dns from 'dns-packet';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault, SeededRandom } from '#base';
import type { NameRecordDocument } from '#wire/link';
import type { Forwarder, Transport } from './forwarder.ts';
import { type Client, Resolver } from './resolver.ts';
import { type Asker, Zones } from './zones.ts';

/** Asked of others, with what they answer. */
class Others implements Forwarder {
  readonly asked: { readonly name: string; readonly transport: Transport }[] = [];
  readonly answers: Record<string, dns.Answer[]> = {};

  async ask(message: Buffer, transport: Transport): Promise<Buffer> {
    const query = dns.decode(message);
    const name = query.questions?.[0]?.name ?? '';
    this.asked.push({ name, transport });
    const answers = this.answers[name];
    if (answers === undefined) throw new Fault('NoAnswer', 'none');
    await Promise.resolve();
    return dns.encode({ type: 'response', id: message.readUInt16BE(0), questions: query.questions ?? [], answers });
  }
}

const home: Asker = { vpcId: 'vpc-1' };
const elsewhere: Asker = { vpcId: 'vpc-2' };

class World {
  readonly zones = new Zones();
  readonly others = new Others();
  readonly resolver = new Resolver({
    zones: this.zones,
    interfaces: {
      vpcOf: (address) => (address === '10.0.0.4' ? 'vpc-1' : undefined),
      domain: 'eu-west-1.compute.internal',
    },
    forwarder: this.others,
    random: new SeededRandom(1),
  });

  constructor() {
    this.zones.putZone('z1', { name: 'web.local', vpcIds: ['vpc-1'], negativeTtl: 15 });
  }

  put(name: string, type: NameRecordDocument['type'], values: readonly string[], more: object = {}): void {
    const record = { zoneId: 'z1', name, type, ttl: 10, routing: 'multivalue' as const, ...more };
    this.zones.putName(`${name}/${type}`, { ...record, values: values.map((value) => ({ value })) });
  }

  async raw(message: Buffer, client: Partial<Client> = {}): Promise<Buffer> {
    const all: Client = { asker: home, transport: 'udp', forwards: true, ...client };
    const answer = await this.resolver.answer(message, all);
    if (answer === undefined) throw new Error('no answer');
    return answer;
  }

  async ask(name: string, type: string, client: Partial<Client> & { readonly edns?: number } = {}) {
    const { edns, ...rest } = client;
    const message = question(name, type, edns);
    const bytes = await this.raw(message, rest);
    const answer = dns.decode(bytes);
    return {
      bytes,
      answer,
      rcode: (answer as unknown as { rcode: string }).rcode,
      data: (answer.answers ?? []).map((each) => ('data' in each ? each.data : undefined)),
      texts: (answer.answers ?? []).flatMap((each) =>
        'data' in each && typeof each.data === 'string' ? [each.data] : [],
      ),
      soa: (answer.authorities ?? []).map((each) => [each.name, 'ttl' in each ? each.ttl : 0, each.type]),
    };
  }
}

function question(name: string, type: string, edns?: number): Buffer {
  const additionals = edns === undefined ? [] : [{ type: 'OPT' as const, name: '.', udpPayloadSize: edns }];
  return dns.encode({
    type: 'query',
    id: 7,
    flags: dns.RECURSION_DESIRED,
    questions: [{ type: type as 'A', name }],
    additionals: additionals as dns.Answer[],
  });
}

describe('names of a zone', () => {
  it('are answered in the letters they were asked in, up to eight addresses in any order', async () => {
    const world = new World();
    const addresses = Array.from({ length: 10 }, (_, n) => `10.0.0.${n}`);
    world.put('api.web.local', 'A', addresses);
    const seen = new Set<string>();
    const firsts = new Set<unknown>();
    for (let n = 0; n < 50; n++) {
      const { answer, texts } = await world.ask('aPi.Web.LOCAL', 'A');
      expect(answer.questions?.[0]?.name).toBe('aPi.Web.LOCAL');
      expect(answer.answers?.every((each) => each.name === 'aPi.Web.LOCAL')).toBe(true);
      expect(answer.flag_ra && answer.flag_rd && answer.flag_qr).toBe(true);
      expect(new Set(texts).size).toBe(8);
      for (const each of texts) seen.add(each);
      firsts.add(texts[0]);
    }
    expect([...seen].sort()).toEqual([...addresses].sort());
    expect(firsts.size).toBeGreaterThan(4);
  });

  it('without such records are there (musl asks for AAAA too); others are not; both may be remembered for a moment', async () => {
    const world = new World();
    world.put('a.b.web.local', 'A', ['10.0.0.1']);
    const soa = [['web.local', 15, 'SOA']];
    expect(await world.ask('a.b.web.local', 'AAAA')).toMatchObject({ rcode: 'NOERROR', data: [], soa });
    expect(await world.ask('b.web.local', 'A')).toMatchObject({ rcode: 'NOERROR', data: [], soa });
    expect(await world.ask('web.local', 'A')).toMatchObject({ rcode: 'NOERROR', data: [], soa });
    expect(await world.ask('c.web.local', 'A')).toMatchObject({ rcode: 'NXDOMAIN', data: [], soa });
    expect(await world.ask('x.a.b.web.local', 'A')).toMatchObject({ rcode: 'NXDOMAIN' });
    const { answer } = await world.ask('web.local', 'SOA');
    expect(answer.answers?.[0]).toMatchObject({ data: { mname: 'web.local', minimum: 15 } });
    world.zones.removeName('a.b.web.local/A');
    expect(await world.ask('b.web.local', 'A')).toMatchObject({ rcode: 'NXDOMAIN' });
  });

  it('of every type are what a zone file says', async () => {
    const world = new World();
    world.put('s.web.local', 'SRV', ['1 1 8080 one.s.web.local']);
    world.put('t.web.local', 'TXT', ['"one" "t\\"wo"']);
    world.put('m.web.local', 'MX', ['10 mail.web.local']);
    world.put('p.web.local', 'PTR', ['api.web.local.']);
    world.put('n.web.local', 'NS', ['ns.example.com']);
    world.put('c.web.local', 'CAA', ['0 issue "ca.example"']);
    world.put('6.web.local', 'AAAA', ['fd00::1']);
    expect((await world.ask('s.web.local', 'SRV')).data).toEqual([
      { priority: 1, weight: 1, port: 8080, target: 'one.s.web.local' },
    ]);
    expect((await world.ask('t.web.local', 'TXT')).data).toEqual([[Buffer.from('one'), Buffer.from('t"wo')]]);
    expect((await world.ask('m.web.local', 'MX')).data).toEqual([{ preference: 10, exchange: 'mail.web.local' }]);
    expect((await world.ask('p.web.local', 'PTR')).data).toEqual(['api.web.local']);
    expect((await world.ask('n.web.local', 'NS')).data).toEqual(['ns.example.com']);
    expect((await world.ask('c.web.local', 'CAA')).data).toMatchObject([
      { flags: 0, tag: 'issue', value: 'ca.example' },
    ]);
    expect((await world.ask('6.web.local', 'AAAA')).data).toEqual(['fd00::1']);
  });

  it('by a wildcard are those below it that are not there themselves', async () => {
    const world = new World();
    world.put('*.web.local', 'A', ['10.0.0.9']);
    world.put('x.y.web.local', 'A', ['10.0.0.1']);
    expect((await world.ask('any.web.local', 'A')).data).toEqual(['10.0.0.9']);
    expect((await world.ask('deep.any.web.local', 'A')).data).toEqual(['10.0.0.9']);
    expect(await world.ask('y.web.local', 'A')).toMatchObject({ rcode: 'NOERROR', data: [] });
    expect(await world.ask('z.y.web.local', 'A')).toMatchObject({ rcode: 'NXDOMAIN' });
  });

  it('lead to others: within the zones, and out of them', async () => {
    const world = new World();
    world.zones.putZone('lb', { name: 'elb.localhost', vpcIds: 'all', negativeTtl: 5 });
    world.put('a.elb.localhost', 'A', ['10.0.0.1', '10.0.0.2'], { zoneId: 'lb', routing: 'simple' });
    world.put('www.web.local', 'CNAME', ['a.elb.localhost']);
    const www = await world.ask('www.web.local', 'A');
    expect(www.data[0]).toBe('a.elb.localhost');
    expect(www.texts.slice(1).sort()).toEqual(['10.0.0.1', '10.0.0.2']);
    const values = [{ value: 'a.elb.localhost', alias: true as const }];
    world.zones.putName('alias', {
      zoneId: 'z1',
      name: 'al.web.local',
      type: 'A',
      ttl: 1,
      routing: 'weighted',
      values,
    });
    const alias = await world.ask('al.web.local', 'A');
    expect(alias.texts.sort()).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(alias.answer.answers?.every(({ name }) => name === 'al.web.local')).toBe(true);
    world.put('out.web.local', 'CNAME', ['example.com']);
    world.others.answers['example.com'] = [{ type: 'A', name: 'example.com', ttl: 5, data: '192.0.2.1' }];
    expect((await world.ask('out.web.local', 'A')).data).toEqual(['example.com', '192.0.2.1']);
    world.put('r1.web.local', 'CNAME', ['r2.web.local']);
    world.put('r2.web.local', 'CNAME', ['r1.web.local']);
    expect((await world.ask('r1.web.local', 'A')).rcode).toBe('SERVFAIL');
  });

  it('are drawn by weight, one at a time', async () => {
    const world = new World();
    const values = [
      { value: '10.0.0.1', weight: 3 },
      { value: '10.0.0.2', weight: 1 },
      { value: '10.0.0.3', weight: 0 },
    ];
    world.zones.putName('w', { zoneId: 'z1', name: 'w.web.local', type: 'A', ttl: 1, routing: 'weighted', values });
    const counts = new Map<unknown, number>();
    for (let n = 0; n < 400; n++) {
      const { data } = await world.ask('w.web.local', 'A');
      expect(data).toHaveLength(1);
      counts.set(data[0], (counts.get(data[0]) ?? 0) + 1);
    }
    expect(counts.get('10.0.0.3')).toBeUndefined();
    expect((counts.get('10.0.0.1') ?? 0) / 400).toBeCloseTo(0.75, 1);
  });
});

describe('who asks', () => {
  it('sees the zones of its own VPC; the host sees all', async () => {
    const world = new World();
    world.put('api.web.local', 'A', ['10.0.0.1']);
    expect(await world.ask('api.web.local', 'A', { asker: elsewhere })).toMatchObject({ rcode: 'SERVFAIL' });
    expect(world.others.asked).toEqual([{ name: 'api.web.local', transport: 'udp' }]);
    expect((await world.ask('api.web.local', 'A', { asker: 'host' })).data).toEqual(['10.0.0.1']);
    expect(await world.ask('example.com', 'A', { forwards: false })).toMatchObject({ rcode: 'REFUSED' });
    world.zones.putZone('z2', { name: 'web.local', vpcIds: ['vpc-2'], negativeTtl: 1 });
    expect(await world.ask('api.web.local', 'A', { asker: elsewhere })).toMatchObject({ rcode: 'NXDOMAIN' });
    world.zones.removeZone('z1');
    expect(await world.ask('api.web.local', 'A')).toMatchObject({ rcode: 'SERVFAIL' });
    world.zones.putZone('z1', { name: 'web.local', vpcIds: ['vpc-1'], negativeTtl: 15 });
    expect((await world.ask('api.web.local', 'A')).data).toEqual(['10.0.0.1']);
  });

  it('gets the zone with the longest name', async () => {
    const world = new World();
    world.zones.putZone('sub', { name: 'sub.web.local', vpcIds: ['vpc-1'], negativeTtl: 1 });
    world.put('a.sub.web.local', 'A', ['10.0.0.1']);
    world.put('b.sub.web.local', 'A', ['10.0.0.2'], { zoneId: 'sub' });
    expect(await world.ask('a.sub.web.local', 'A')).toMatchObject({ rcode: 'NXDOMAIN' });
    expect((await world.ask('b.sub.web.local', 'A')).data).toEqual(['10.0.0.2']);
  });

  it('finds the names of interfaces, and their way back', async () => {
    const world = new World();
    expect((await world.ask('ip-10-0-0-4.eu-west-1.compute.internal', 'A')).data).toEqual(['10.0.0.4']);
    expect(await world.ask('ip-10-0-0-5.eu-west-1.compute.internal', 'A')).toMatchObject({ rcode: 'NXDOMAIN' });
    expect((await world.ask('4.0.0.10.in-addr.arpa', 'PTR')).data).toEqual(['ip-10-0-0-4.eu-west-1.compute.internal']);
    expect(await world.ask('ip-10-0-0-4.ec2.internal', 'A', { asker: elsewhere })).toMatchObject({ rcode: 'NXDOMAIN' });
    expect(await world.ask('api.web.local.eu-west-1.compute.internal', 'A')).toMatchObject({ rcode: 'NXDOMAIN' });
    expect(world.others.asked).toEqual([]);
  });
});

describe('messages', () => {
  it('fit a datagram, cut off where they must be, and come whole by TCP', async () => {
    const world = new World();
    const many = Array.from({ length: 120 }, (_, n) => `10.0.${n}.1`);
    world.put('many.web.local', 'A', many, { routing: 'simple' });
    const small = await world.ask('many.web.local', 'A');
    expect(small.bytes.length).toBeLessThanOrEqual(512);
    expect(small.answer.flag_tc).toBe(true);
    expect(small.data.length).toBeGreaterThan(25);
    const larger = await world.ask('many.web.local', 'A', { edns: 4096 });
    expect(larger.bytes.length).toBeLessThanOrEqual(1232);
    expect(larger.data.length).toBeGreaterThan(small.data.length);
    expect(larger.answer.additionals?.[0]).toMatchObject({ type: 'OPT', udpPayloadSize: 1232 });
    const whole = await world.ask('many.web.local', 'A', { transport: 'tcp' });
    expect(whole.answer.flag_tc).toBe(false);
    expect(whole.texts.sort()).toEqual(many.sort());
    const huge = Array.from({ length: 6000 }, (_, n) => `10.${n >> 8}.${n & 255}.1`);
    world.put('huge.web.local', 'A', huge, { routing: 'simple' });
    expect((await world.ask('huge.web.local', 'A', { transport: 'tcp' })).answer.flag_tc).toBe(true);
  });

  it('that are no questions are refused, and answers are not answered', async () => {
    const world = new World();
    const good = question('api.web.local', 'A');
    const changed = (at: number, value: number): Buffer => {
      const bytes = Buffer.from(good);
      bytes.writeUInt16BE(value, at);
      return bytes;
    };
    const rcodeOf = async (message: Buffer): Promise<number> => ((await world.raw(message))[3] ?? 0) & 0xf;
    expect(await rcodeOf(changed(2, 0x2800))).toBe(4);
    expect(await rcodeOf(changed(4, 2))).toBe(1);
    expect(await rcodeOf(changed(good.length - 2, 3))).toBe(5);
    const client: Client = { asker: home, transport: 'udp', forwards: true };
    expect(world.resolver.answer(changed(2, 0x8000), client)).toBeUndefined();
    expect(world.resolver.answer(good.subarray(0, 5), client)).toBeUndefined();
    const version = Buffer.from(question('api.web.local', 'A', 1232));
    version[version.length - 5] = 1;
    expect(dns.decode(await world.raw(version)).additionals?.[0]).toMatchObject({ extendedRcode: 1 });
  });

  it('of any bytes are answered or passed over, never an error', async () => {
    const world = new World();
    world.put('api.web.local', 'A', ['10.0.0.1']);
    const good = question('api.web.local', 'A', 1232);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }), async (edits) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of edits) bytes[at] = value;
        const answer = await world.resolver.answer(bytes, { asker: home, transport: 'udp', forwards: true });
        if (answer !== undefined) expect(answer.readUInt16BE(0)).toBe(bytes.readUInt16BE(0));
      }),
      { numRuns: 500 },
    );
  });

  it('of a server that asks us in turn do not go round', async () => {
    const world = new World();
    let inner: Promise<{ rcode: string }> | undefined;
    const forwarder: Forwarder = {
      ask: async (message) => {
        inner ??= world.ask('loop.example', 'A', { asker: 'host' });
        await inner;
        return message;
      },
    };
    const resolver = new Resolver({
      zones: world.zones,
      interfaces: { vpcOf: () => undefined, domain: 'ec2.internal' },
      forwarder,
      random: new SeededRandom(1),
    });
    const client: Client = { asker: 'host', transport: 'udp', forwards: true };
    const first = resolver.answer(question('loop.example', 'A'), client);
    const second = await resolver.answer(question('loop.example', 'A'), client);
    expect(second?.[3]).toBe(0x82);
    await first;
  });
});
