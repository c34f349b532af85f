import { array, assert, constantFrom, property, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '#base';
import type { GroupRule, InterfaceDocument, NetworkAclEntry, SubnetRoute } from '#wire/link';
import { FirewallCompiler } from './compile.ts';
import { Firewall } from './firewall.ts';
import type { FirewallInput } from './input.ts';
import { addressWords, portWords } from './match.ts';
import { ownerNumber, pieceName, tableName } from './names.ts';
import { changeScript, type Ruleset, wholeScript } from './ruleset.ts';

const here = 'arn:host';

function eni(at: number, groupIds: readonly string[], more: Partial<InterfaceDocument> = {}): InterfaceDocument {
  return {
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    addresses: [`10.0.0.${at}`],
    macAddress: `0A:00:00:00:00:0${at}`,
    groupIds,
    host: here,
    sourceDestCheck: true,
    ...more,
  };
}

interface World {
  readonly interfaces?: Readonly<Record<string, InterfaceDocument>>;
  readonly ingress?: readonly GroupRule[];
  readonly egress?: readonly GroupRule[];
  readonly acl?: readonly NetworkAclEntry[];
  readonly routes?: readonly SubnetRoute[];
}

const everything: GroupRule = { protocol: -1, cidr: '0.0.0.0/0' };

function input({ interfaces = { 'eni-1': eni(1, ['sg-1']) }, ...of }: World = {}): FirewallInput {
  const group = { vpcId: 'vpc-1', ingress: of.ingress ?? [], egress: of.egress ?? [everything] };
  return {
    host: here,
    deviceGroup: 7,
    vpcs: new Map([['vpc-1', { cidrs: ['10.0.0.0/16'], resolverAddress: '10.0.0.2' }]]),
    subnets: new Map([['subnet-1', { vpcId: 'vpc-1', cidr: '10.0.0.0/24', aclId: 'acl-1', routes: of.routes ?? [] }]]),
    groups: new Map([['sg-1', group]]),
    acls: new Map([['acl-1', { ingress: of.acl ?? [], egress: [] }]]),
    interfaces: new Map(Object.entries(interfaces)),
    underlayAddress: '192.168.0.1',
    peerAddresses: ['192.168.0.2'],
    judgesHost: false,
    published: [{ protocol: 'tcp', port: 8080 }],
  };
}

function compiled(of: World = {}): Ruleset {
  return new FirewallCompiler().compile(input(of));
}

function rules(ruleset: Ruleset, name: string): readonly string[] | undefined {
  return ruleset.chains.get(name)?.rules;
}

function elements(ruleset: Ruleset, name: string): string[] {
  return [...(ruleset.sets.get(name)?.elements ?? [])].map(([key, value]) =>
    value === '' ? key : `${key} : ${value}`,
  );
}

describe('the table of a host', () => {
  it('binds each device of its own to its address, and no other', () => {
    const elsewhere = eni(3, ['sg-1'], { host: 'arn:other' });
    const table = compiled({ interfaces: { 'eni-1': eni(1, ['sg-1']), 'eni-3': elsewhere } });
    expect(elements(table, 'bound')).toEqual(['"rs000000000001" . 0a:00:00:00:00:01 . 10.0.0.1']);
    expect(elements(table, 'egress')).toHaveLength(1);
    expect(rules(table, 'spoof')?.at(-1)).toBe('drop');
  });

  it('lets in what a group says, and a group by its members on every host', () => {
    const table = compiled({
      interfaces: { 'eni-1': eni(1, ['sg-1']), 'eni-2': eni(2, ['sg-1', 'sg-2'], { host: 'arn:other' }) },
      ingress: [
        { protocol: 6, fromPort: 80, toPort: 90, cidr: '10.0.0.0/8' },
        { protocol: 17, fromPort: 53, toPort: 53, groupId: 'sg-1' },
        { protocol: 1, icmpType: 8, cidr: '0.0.0.0/0' },
        { protocol: -1, groupId: 'sg-none' },
      ],
    });
    expect(rules(table, 'gi_sg_1')).toEqual([
      'ip saddr 10.0.0.0/8 meta l4proto 6 th dport 80-90 accept',
      'ip saddr @g_sg_1 meta l4proto 17 th dport 53 accept',
      'icmp type 8 accept',
      'ip saddr @g_sg_none accept',
    ]);
    expect(elements(table, 'g_sg_1')).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(elements(table, 'g_sg_none')).toEqual([]);
    expect(rules(table, 'ge_sg_1')).toEqual(['accept']);
  });

  it('lets nothing through by a group or an ACL that is not known', () => {
    const table = compiled({ interfaces: { 'eni-1': eni(1, ['sg-9'], { subnetId: 'subnet-9' }) } });
    expect([rules(table, 'gi_sg_9'), rules(table, 'ge_sg_9')]).toEqual([[], []]);
    expect(rules(table, 'so_subnet_9')?.at(-1)).toBe('drop');
    expect(rules(table, 'w_subnet_9')).toEqual(['drop']);
    expect(rules(table, 'in_forward')?.at(-1)).toBe('drop');
  });

  it('asks ACLs in order, between subnets alone, and denies what none names', () => {
    const table = compiled({
      acl: [
        { ruleNumber: 1, action: 'deny', protocol: 6, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' },
        { ruleNumber: 2, action: 'allow', protocol: -1, cidr: '10.0.0.0/16' },
      ],
    });
    expect(rules(table, 'ai_acl_1')).toEqual([
      'meta l4proto 6 th dport 22 drop',
      'ip saddr 10.0.0.0/16 return',
      'drop',
    ]);
    expect(rules(table, 'si_subnet_1')).toContain('ip saddr 10.0.0.0/24 return');
  });

  it('keeps in the VPC what no route leads out', () => {
    const table = compiled({
      routes: [
        { destination: '192.0.2.0/24', by: 'blackhole' },
        { destination: '0.0.0.0/0', by: 'nat', interfaceId: 'eni-9' },
      ],
    });
    expect(rules(table, 'w_subnet_1')).toEqual(['ip daddr 192.0.2.0/24 drop', 'accept', 'drop']);
  });

  it('leads public addresses to their interface, and shows outside only those that are known there', () => {
    const table = compiled({
      interfaces: {
        'eni-1': eni(1, ['sg-1'], { publicAddress: '198.18.0.9' }),
        'eni-2': eni(2, ['sg-1'], { publicAddress: '203.0.113.5' }),
      },
    });
    expect(elements(table, 'public_in')).toEqual(['198.18.0.9 : 10.0.0.1', '203.0.113.5 : 10.0.0.2']);
    expect(elements(table, 'public_out')).toEqual(['10.0.0.2 : 203.0.113.5']);
  });

  it('guards what tasks publish on the host by the host’s groups, and only where it has some', () => {
    expect(rules(compiled(), 'ports_input')).toBeUndefined();
    const of = input({ ingress: [{ protocol: 6, fromPort: 8080, toPort: 8080, cidr: '10.0.0.0/8' }] });
    const table = new FirewallCompiler().compile({ ...of, hostPorts: { vpcId: 'vpc-1', groupIds: ['sg-1', 'sg-9'] } });
    expect([elements(table, 'published_tcp'), elements(table, 'published_udp')]).toEqual([['8080'], []]);
    expect(rules(table, 'ports')).toEqual([
      'ip saddr 10.0.0.0/8 meta l4proto 6 ct original proto-dst 8080 accept',
      'drop',
    ]);
    expect(rules(table, 'ports_forward')?.at(-1)).toBe(
      'ct status dnat ct state new meta l4proto 17 ct original proto-dst @published_udp jump ports',
    );
  });

  it('judges what the host itself sends where that is asked for', () => {
    expect(rules(compiled(), 'in_output')).toBeUndefined();
    const table = new FirewallCompiler().compile({ ...input(), judgesHost: true });
    expect(rules(table, 'in_output')).toEqual(rules(table, 'in_forward'));
    expect(rules(table, 'acl_output')).toEqual(['oifgroup 7 oifname vmap @acl_in']);
  });

  it('lets an interface without the check send as anybody', () => {
    const table = compiled({ interfaces: { 'eni-1': eni(1, ['sg-1'], { sourceDestCheck: false }) } });
    expect(elements(table, 'unchecked')).toEqual(['"rs000000000001"']);
  });
});

describe('words of rules', () => {
  it('take nothing that is no number or block', () => {
    expect(() => portWords({ protocol: 300 })).toThrow('300');
    expect(() => portWords({ protocol: 6, fromPort: 1.5 })).toThrow('1.5');
    expect(() => addressWords('saddr', '10.0.0.0/8 accept')).toThrow('no CIDR block');
    expect(() => pieceName('g', 'sg-1; drop')).toThrow('no id');
    expect(portWords({ protocol: 6, fromPort: 80, toPort: 80 }, true)).toBe('meta l4proto 6 ct original proto-dst 80');
  });

  it('mark each agent apart', () => {
    expect(tableName('a')).not.toBe(tableName('b'));
    expect(tableName('a')).toMatch(/^roadstead_[0-9a-f]{8}$/);
    expect(ownerNumber('a')).toBeGreaterThan(0);
    expect(ownerNumber('a')).toBeLessThan(2 ** 31);
  });
});

/** Runs the lines of a script against a table in memory, as nft would: refuses what refers to what is not there. */
class Kernel {
  readonly sets = new Map<string, Map<string, string>>();
  readonly chains = new Map<string, string[]>();

  run(script: string): void {
    for (const line of script.split('\n')) if (line !== '') this.#line(line);
    for (const [name, chain] of this.chains) {
      for (const rule of chain) for (const to of referencesOf(rule)) this.#mustBe(to, `${name}: ${rule}`);
    }
    for (const set of this.sets.values())
      for (const value of set.values()) referencesOf(value).forEach((to) => this.#mustBe(to, value));
  }

  state(): unknown {
    const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    return [sorted(this.chains), sorted(this.sets).map(([name, set]) => [name, sorted(set)])];
  }

  #line(line: string): void {
    const [, verb = '', what = '', rest = ''] = /^(\w+) (\w+) inet (.*)$/.exec(line) ?? [];
    const [table = '', name = '', ...words] = rest.split(' ');
    const text = words.join(' ');
    if (what === 'table') {
      if (verb === 'delete') [this.sets, this.chains].forEach((each) => each.clear());
      expect(table).not.toBe('');
    } else if (what === 'element') {
      const set = this.sets.get(name);
      if (set === undefined) throw new Error(`no set ${name}`);
      for (const element of text.slice(2, -2).split(', ')) {
        const [key = '', value = ''] = element.split(' : ');
        if (verb === 'add') set.set(key, value);
        else if (!set.delete(key)) throw new Error(`no element ${key} in ${name}`);
      }
    } else if (what === 'rule') {
      const chain = this.chains.get(name);
      if (chain === undefined) throw new Error(`no chain ${name}`);
      chain.push(text);
    } else {
      const pieces: Map<string, unknown> = what === 'chain' ? this.chains : this.sets;
      if (verb === 'flush') this.chains.set(name, []);
      else if (verb === 'add') pieces.set(name, what === 'chain' ? [] : new Map());
      else if (!pieces.delete(name)) throw new Error(`no ${what} ${name}`);
    }
  }

  #mustBe(name: string, whence: string): void {
    if (!this.chains.has(name) && !this.sets.has(name)) throw new Error(`${whence} refers to ${name}, which is gone`);
  }
}

function referencesOf(text: string): string[] {
  return [...text.matchAll(/(?:jump |@)(\w+)/g)].map(([, name = '']) => name);
}

describe('changes of the table', () => {
  const groupIds = uniqueArray(constantFrom('sg-1', 'sg-2', 'sg-3'), { maxLength: 3 });
  const rule = constantFrom<GroupRule>(
    everything,
    { protocol: 6, fromPort: 1, groupId: 'sg-2' },
    { protocol: 1, groupId: 'sg-3' },
  );
  const world = array(groupIds, { maxLength: 4 }).chain((groups) =>
    array(rule, { maxLength: 3 }).map(
      (ingress): World => ({
        interfaces: Object.fromEntries(groups.map((ids, index) => [`eni-${index + 1}`, eni(index + 1, ids)])),
        ingress,
      }),
    ),
  );

  it('lead to the same as making it anew, and never refer to what is gone', () => {
    assert(
      property(world, world, (first, second) => {
        const [before, after] = [compiled(first), compiled(second)];
        const changed = new Kernel();
        changed.run(wholeScript('t', before));
        changed.run(changeScript('t', before, after) ?? '');
        const whole = new Kernel();
        whole.run(wholeScript('t', after));
        expect(changed.state()).toEqual(whole.state());
        expect(changeScript('t', after, after)).toBeUndefined();
      }),
    );
  });

  it('of one rule touch that group’s chain alone', () => {
    const script = changeScript('t', compiled(), compiled({ ingress: [everything] }));
    expect(script).toBe('flush chain inet t gi_sg_1\nadd rule inet t gi_sg_1 accept\n');
  });

  it('that the kernel refuses are followed by the whole', async () => {
    const ran: string[] = [];
    let refuse = false;
    const commands = {
      run: async (script: string) => {
        if (refuse && !script.startsWith('add table')) throw new Error('No such file or directory');
        ran.push(script);
      },
      tables: async () => [] as string[],
      probe: async () => [],
    };
    const firewall = new Firewall({ owner: 'a' }, { commands, log: silentLogger });
    await firewall.apply(compiled());
    refuse = true;
    await firewall.apply(compiled({ ingress: [everything] }));
    expect(ran).toEqual([
      wholeScript(firewall.table, compiled()),
      wholeScript(firewall.table, compiled({ ingress: [everything] })),
    ]);
    await firewall.reassert();
    expect(ran).toHaveLength(3);
  });
});
