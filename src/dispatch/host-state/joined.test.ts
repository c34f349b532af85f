import { describe, expect, it } from 'vitest';
import { Ids, SeededRandom, silentLogger } from '#base';
import type { HostDocumentKind, HostReport, RoadsteadHostStateMessage } from '#wire/link';
import { HostState } from '../../agent/host-state/host-state.ts';
import type { HostDocumentChanges, HostDocumentSet, HostPart, HostPartHost } from '../../agent/host-state/part.ts';
import { MemoryHostStateStore } from '../../agent/host-state/store.ts';
import { ControlPlane, type Peer } from '../test-support/control-plane.ts';
import { definition, hostArn, networkInterface, placedTask, scope } from '../test-support/records.ts';

const capability = { name: 'roadstead.capability.network' };
const kinds = ['peer', 'vpc', 'subnet', 'group', 'acl', 'interface', 'host-ports'] as const;

/** A part that remembers what it was told, and fails as often as it is told to. */
class Recorder implements HostPart {
  readonly family = 'network';
  readonly kinds = kinds;
  readonly applied: HostDocumentChanges[] = [];
  failures = 0;
  documents: HostDocumentSet | undefined;
  host: HostPartHost | undefined;

  async probe() {
    return { available: true, problems: [] };
  }

  start(host: HostPartHost) {
    this.host = host;
    return {
      apply: async (documents: HostDocumentSet, changed: HostDocumentChanges) => {
        if (this.failures-- > 0) throw new Error('busy');
        this.documents = documents;
        this.applied.push(changed);
      },
      [Symbol.asyncDispose]: async () => {},
    };
  }

  ids(kind: HostDocumentKind): string[] {
    return [...(this.documents?.all(kind).keys() ?? [])].sort();
  }
}

/** An agent's host state at the other end of connections of the control plane. */
class Agent {
  readonly part = new Recorder();
  readonly store: MemoryHostStateStore;
  state!: HostState;
  peer: Peer | undefined;
  /** Acknowledgments are lost while this is true. */
  mute = false;
  readonly #plane: ControlPlane;
  #taken = 0;

  constructor(plane: ControlPlane, store = new MemoryHostStateStore()) {
    this.#plane = plane;
    this.store = store;
  }

  async start(): Promise<this> {
    const { clock } = this.#plane;
    const random = new SeededRandom(3);
    const deps = { store: this.store, clock, random, ids: new Ids(random), log: silentLogger };
    this.state = await HostState.start({ containerInstanceArn: hostArn, parts: [this.part] }, deps);
    return this;
  }

  connect(): void {
    this.peer = this.#plane.connect();
    this.#taken = 0;
    this.state.opened(this.peer.connection);
  }

  disconnect(): void {
    this.peer?.cut();
    this.state.closed();
    this.peer = undefined;
  }

  /** Messages and answers go back and forth until there are no more. */
  async settle(): Promise<void> {
    for (let idle = 0; idle < 3; ) {
      await this.#plane.pass(1);
      const frames = this.peer?.of('RoadsteadHostStateMessage').slice(this.#taken) ?? [];
      this.#taken += frames.length;
      idle = frames.length === 0 ? idle + 1 : 0;
      for (const { message } of frames) this.#receive(message as unknown as RoadsteadHostStateMessage);
    }
  }

  #receive(message: RoadsteadHostStateMessage): void {
    const { peer } = this;
    if (peer === undefined) return;
    this.state.receive(message, peer.connection, () => {
      if (!this.mute) peer.say('AckRequest', { messageId: message.messageId });
    });
  }
}

const vpc = { ...scope, vpcId: 'vpc-1', cidrBlock: '172.31.0.0/16', isDefault: true };
const subnet = { ...scope, subnetId: 'subnet-1', vpcId: 'vpc-1', cidrBlock: '172.31.0.0/20', availabilityZone: 'a' };

async function started(announced = [capability]): Promise<ControlPlane> {
  const plane = await ControlPlane.start();
  await plane.addInstance({ attributes: [...announced, { name: 'roadstead.underlay-address', value: '10.0.0.1' }] });
  await plane.store.update('api', (tx) => {
    tx.vpcs.put(vpc);
    tx.subnets.put(subnet);
    tx.securityGroups.put({ ...scope, groupId: 'sg-1', groupName: 'default', vpcId: 'vpc-1' });
    tx.vpcs.put({ ...vpc, vpcId: 'vpc-2', cidrBlock: '10.9.0.0/16', isDefault: false });
  });
  return plane;
}

async function addTask(plane: ControlPlane): Promise<void> {
  const of = definition({ networkMode: 'awsvpc' });
  const task = placedTask(of, plane.ids);
  await plane.addTasks(of, task);
  await plane.store.update('interfaces', (tx) => tx.networkInterfaces.put(networkInterface(task)));
}

function addRule(plane: ControlPlane, id: string): Promise<void> {
  const rule = {
    groupId: 'sg-1',
    isEgress: false,
    ipProtocol: 'tcp',
    fromPort: 80,
    toPort: 80,
    cidrIpv4: '10.0.0.0/8',
  };
  return plane.store.update('api', (tx) => tx.securityGroupRules.put({ ...scope, ...rule, securityGroupRuleId: id }));
}

async function joined(): Promise<{ readonly plane: ControlPlane; readonly agent: Agent }> {
  const plane = await started();
  const agent = await new Agent(plane).start();
  agent.connect();
  await agent.settle();
  return { plane, agent };
}

describe('the documents of a host', () => {
  it('are those everybody has, and with its first interface those of the VPC', async () => {
    const { plane, agent } = await joined();
    expect(agent.part.applied).toEqual(['all']);
    expect([agent.part.ids('peer'), agent.part.ids('vpc')]).toEqual([[hostArn], []]);
    await addTask(plane);
    await agent.settle();
    expect(agent.part.applied).toHaveLength(2);
    expect([agent.part.ids('vpc'), agent.part.ids('subnet'), agent.part.ids('group')]).toEqual([
      ['vpc-1'],
      ['subnet-1'],
      ['sg-1'],
    ]);
    const [id = ''] = agent.part.ids('interface');
    expect(agent.part.documents?.find('interface', id)).toMatchObject({ host: hostArn, vpcId: 'vpc-1' });
    await plane.store.update('interfaces', (tx) => tx.networkInterfaces.delete(id));
    await agent.settle();
    expect([agent.part.ids('vpc'), agent.part.ids('group'), agent.part.ids('interface')]).toEqual([[], [], []]);
  });

  it('follow commits, each change with what it concerns alone', async () => {
    const { plane, agent } = await joined();
    await addTask(plane);
    await agent.settle();
    await addRule(plane, 'sgr-1');
    await agent.settle();
    expect(agent.part.applied.at(-1)).toEqual(new Map([['group', new Set(['sg-1'])]]));
    expect(agent.part.documents?.find('group', 'sg-1')?.ingress).toEqual([
      { protocol: 6, fromPort: 80, toPort: 80, cidr: '10.0.0.0/8' },
    ]);
    await plane.store.update('dispatch', (tx) => {
      tx.containerInstances.put({ ...tx.containerInstances.get(hostArn), lostAt: plane.now });
    });
    await agent.settle();
    expect(agent.part.ids('peer')).toEqual([]);
  });

  it('cost nothing for an agent that announced nothing', async () => {
    const plane = await started([]);
    const agent = await new Agent(plane).start();
    agent.connect();
    await addTask(plane);
    await agent.settle();
    expect(agent.peer?.of('RoadsteadHostStateMessage')).toEqual([]);
    expect(agent.part.applied).toEqual([]);
  });

  it('are said again until acknowledged, and changes wait for that', async () => {
    const { plane, agent } = await joined();
    await addTask(plane);
    await agent.settle();
    agent.mute = true;
    await addRule(plane, 'sgr-1');
    await agent.settle();
    await addRule(plane, 'sgr-2');
    await agent.settle();
    const applied = agent.part.applied.length;
    expect(agent.part.documents?.find('group', 'sg-1')?.ingress).toHaveLength(1);
    agent.mute = false;
    await plane.pass(20_000);
    await agent.settle();
    expect(agent.part.documents?.find('group', 'sg-1')?.ingress).toHaveLength(2);
    // What came twice was no news.
    expect(agent.part.applied).toHaveLength(applied + 1);
  });

  it('are whole again after the connection broke, and what went meanwhile is gone', async () => {
    const { plane, agent } = await joined();
    await addTask(plane);
    await agent.settle();
    agent.disconnect();
    const [id = ''] = agent.part.ids('interface');
    await plane.store.update('interfaces', (tx) => tx.networkInterfaces.delete(id));
    await plane.pass(1000);
    agent.connect();
    await agent.settle();
    expect([agent.part.ids('interface'), agent.part.ids('peer')]).toEqual([[], [hostArn]]);
  });

  it('are in effect after a restart of the agent while nobody answers', async () => {
    const { plane, agent } = await joined();
    await addTask(plane);
    await agent.settle();
    await agent.state[Symbol.asyncDispose]();
    const again = await new Agent(plane, agent.store).start();
    await plane.idle();
    expect(again.part.applied).toEqual(['all']);
    expect(again.part.ids('interface')).toHaveLength(1);
    again.connect();
    await again.settle();
    expect(again.part.applied).toEqual(['all']);
  });

  it('are the same after a restart of the control plane', async () => {
    const { plane, agent } = await joined();
    await addTask(plane);
    await agent.settle();
    const applied = agent.part.applied.length;
    agent.disconnect();
    await plane.restart();
    agent.connect();
    await agent.settle();
    expect(agent.part.applied).toHaveLength(applied);
    expect(agent.part.ids('interface')).toHaveLength(1);
  });

  it('go in pieces when they are many, and take effect together', async () => {
    const plane = await started();
    await addTask(plane);
    const many = 3000;
    await plane.store.update('api', (tx) => {
      for (let index = 0; index < many; index++) {
        const groupId = `sg-${'x'.repeat(200)}-${index}`;
        tx.securityGroups.put({ ...scope, groupId, groupName: groupId, vpcId: 'vpc-1' });
      }
    });
    const agent = await new Agent(plane).start();
    agent.connect();
    await agent.settle();
    const messages = agent.peer?.of('RoadsteadHostStateMessage') ?? [];
    expect(messages.length).toBeGreaterThan(1);
    expect(messages.map(({ message }) => message['last'])).toEqual(
      [...messages.keys()].map((at) => at === messages.length - 1),
    );
    expect(agent.part.applied).toEqual(['all']);
    expect(agent.part.ids('group')).toHaveLength(many + 1);
  });

  it('are applied again and again until that succeeds', async () => {
    const plane = await started();
    const agent = await new Agent(plane).start();
    agent.part.failures = 3;
    agent.connect();
    await agent.settle();
    expect(agent.part.applied).toEqual([]);
    await plane.pass(10_000);
    expect(agent.part.applied).toEqual(['all']);
  });
});

describe('what agents report of them', () => {
  const health = (state: 'healthy' | 'unhealthy'): HostReport => ({
    kind: 'target-health',
    report: { targetGroupArn: 'arn:tg', id: '10.0.0.9', port: 80, state },
  });

  it('arrives, the newest of a thing, and again on each connection', async () => {
    const { plane, agent } = await joined();
    const taken: unknown[] = [];
    plane.hostState = { reports: { take: (host, reports) => taken.push([host, reports]) } };
    agent.disconnect();
    await plane.restart();
    agent.part.host?.reporting.report(health('unhealthy'));
    agent.part.host?.reporting.report(health('healthy'));
    agent.connect();
    await agent.settle();
    expect(taken).toEqual([[hostArn, [health('healthy')]]]);
    agent.part.host?.reporting.report(health('healthy'));
    await agent.settle();
    expect(taken).toHaveLength(1);
    agent.disconnect();
    agent.connect();
    await agent.settle();
    expect(taken).toHaveLength(2);
  });

  it('is passed over when it is nothing known', async () => {
    const { plane, agent } = await joined();
    const taken: unknown[] = [];
    plane.hostState = { reports: { take: (_, reports) => taken.push(...reports) } };
    agent.disconnect();
    await plane.restart();
    agent.connect();
    await agent.settle();
    const reports = [
      { kind: 'weather' },
      null,
      { kind: 'target-health', report: { state: 'healthy' } },
      health('healthy'),
    ];
    agent.peer?.say('RoadsteadHostReport', { messageId: 'm', reports });
    agent.peer?.say('RoadsteadHostReport', { messageId: 'm', reports: 1 });
    await agent.settle();
    expect(taken).toEqual([health('healthy')]);
  });
});
