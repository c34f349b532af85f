import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { silentLogger } from '#base';
import type { GroupDocument, InterfaceDocument } from '#wire/link';
import { FirewallCompiler } from '../src/dataplane/firewall/compile.ts';
import { Firewall } from '../src/dataplane/firewall/firewall.ts';
import type { FirewallInput } from '../src/dataplane/firewall/input.ts';
import { mustRun } from '../src/dataplane/programs/index.ts';
import { against, type Benchmark, median, type Note, type Row, timed } from './benchmark.ts';

const interfaces = 1000;
const groups = 50;
const rounds = 15;
const host = 'arn:host';

/**
 * The packet filter of a host with 1,000 interfaces in 50 groups: everything loaded anew, one rule of one group changed,
 * one interface gone and back; from documents to the kernel. The peer is `nft` taking one empty transaction: no change
 * can be faster.
 */
export const benchmark: Benchmark = { name: 'firewall', run };

async function run(): Promise<readonly (Row | Note)[]> {
  if (process.getuid?.() !== 0) return [{ note: 'needs root' }];
  const name = `rsbench${randomBytes(3).toString('hex')}`;
  execFileSync('ip', ['netns', 'add', name]);
  try {
    return await measure(async (script) => {
      await mustRun('nsenter', [`--net=/run/netns/${name}`, 'nft', '-f', '-'], script);
    });
  } finally {
    execFileSync('ip', ['netns', 'delete', name]);
  }
}

async function measure(nft: (script: string) => Promise<void>): Promise<Row[]> {
  const commands = { run: nft, tables: async () => [], probe: async () => [] };
  const compiler = new FirewallCompiler();
  const taken: Record<'load' | 'group' | 'interface' | 'nothing', number[]> = {
    load: [],
    group: [],
    interface: [],
    nothing: [],
  };
  const whole = world();
  const [first = ''] = whole.interfaces.keys();
  const fewer = new Map([...whole.interfaces].filter(([id]) => id !== first));
  for (let round = 0; round < rounds; round++) {
    const firewall = new Firewall({ owner: 'bench' }, { commands, log: silentLogger });
    const apply = async (what: keyof typeof taken, input: FirewallInput): Promise<void> => {
      taken[what].push((await timed(async () => firewall.apply(compiler.compile(input)))).ms);
    };
    await apply('load', whole);
    await apply('group', { ...whole, groups: new Map([...whole.groups, ['sg-3', group('sg-3', 443)]]) });
    await firewall.apply(compiler.compile(whole));
    await apply('interface', { ...whole, interfaces: fewer });
    await apply('interface', whole);
    taken.nothing.push((await timed(() => nft(''))).ms);
  }
  const least = median(taken.nothing);
  return [
    against(`${interfaces} interfaces in ${groups} groups loaded`, 'ms', median(taken.load), least),
    against('one group changed', 'ms', median(taken.group), least),
    against('one interface changed', 'ms', median(taken.interface), least),
  ];
}

function world(): FirewallInput {
  return {
    host,
    deviceGroup: 0x52_00_00_01,
    vpcs: new Map([['vpc-1', { cidrs: ['172.31.0.0/16'], resolverAddress: '172.31.0.2' }]]),
    subnets: new Map([
      [
        'subnet-1',
        {
          vpcId: 'vpc-1',
          cidr: '172.31.0.0/20',
          aclId: 'acl-1',
          routes: [{ destination: '0.0.0.0/0', by: 'internet' }],
        },
      ],
    ]),
    groups: new Map(Array.from({ length: groups }, (_, index) => [`sg-${index}`, group(`sg-${index}`, 80)])),
    acls: new Map([['acl-1', { ingress: [allowAll], egress: [allowAll] }]]),
    interfaces: new Map(Array.from({ length: interfaces }, (_, index) => [idOf(index), interfaceOf(index)])),
    underlayAddress: '10.0.0.1',
    peerAddresses: ['10.0.0.2'],
    judgesHost: true,
    published: [],
  };
}

const allowAll = { ruleNumber: 100, action: 'allow', protocol: -1, cidr: '0.0.0.0/0' } as const;

function group(id: string, port: number): GroupDocument {
  return {
    vpcId: 'vpc-1',
    ingress: [
      { protocol: 6, fromPort: port, toPort: port, cidr: '0.0.0.0/0' },
      { protocol: -1, groupId: id },
      { protocol: 1, icmpType: 8, cidr: '10.0.0.0/8' },
    ],
    egress: [{ protocol: -1, cidr: '0.0.0.0/0' }],
  };
}

function interfaceOf(index: number): InterfaceDocument {
  const [high, low] = [index >> 8, index & 255];
  return {
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    addresses: [`172.31.${high}.${low}`],
    macAddress: `0a:00:00:00:${high.toString(16).padStart(2, '0')}:${low.toString(16).padStart(2, '0')}`,
    groupIds: [`sg-${index % groups}`, `sg-${(index * 7) % groups}`],
    host,
    sourceDestCheck: true,
  };
}

function idOf(index: number): string {
  return `eni-${(index + 1).toString(16).padStart(17, '0')}`;
}
