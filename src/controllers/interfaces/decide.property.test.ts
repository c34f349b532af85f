import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ids, SeededRandom } from '#base';
import {
  type ContainerInstanceArn,
  type LaunchType,
  type NetworkInterface,
  newTask,
  placeTask,
  releaseInterface,
  requestStop,
  type Subnet,
  type Task,
} from '#model';
import { type Hints, parseAddress, rangeOf } from '#network';
import { standaloneSpec } from '../../../test/support/definitions.ts';
import { scope, start, testClusterArn, testDefinition, testSubnet } from '../test-support/records.ts';
import { decideInterface, type InterfaceDecision, type InterfaceView } from './decide.ts';

const subnets: readonly Subnet[] = [
  testSubnet('a', '10.0.0.0/28'),
  testSubnet('b', '10.0.0.16/28'),
  // Another VPC of the same addresses: none of them is given twice all the same.
  { ...testSubnet('c', '10.0.0.0/27'), vpcId: 'vpc-2' },
];

class Network {
  readonly ids: Ids;
  readonly tasks: Task[] = [];
  readonly subnets = [...subnets];
  readonly interfaces = new Map<string, NetworkInterface>();
  readonly hints = new Map<string, Hints>();
  publicAddress: string | undefined;

  constructor(seed: number) {
    this.ids = new Ids(new SeededRandom(seed));
  }

  addTask(options: {
    zone: string;
    given: readonly string[];
    launchType?: LaunchType;
    groups?: readonly string[];
    host?: string;
  }): Task {
    const task = newTask(
      testDefinition(1, { networkMode: 'awsvpc' }),
      standaloneSpec(scope, testClusterArn, {
        launchType: options.launchType ?? 'FARGATE',
        networkConfiguration: {
          subnets: options.given,
          securityGroups: options.groups ?? [],
          assignPublicIp: 'DISABLED',
        },
      }),
      start,
      this.ids,
    );
    const placed = placeTask(task, (options.host ?? 'host') as ContainerInstanceArn, options.zone);
    this.tasks.push(placed);
    return placed;
  }

  view(task: Task | undefined, interfaces: readonly NetworkInterface[] = []): InterfaceView {
    return {
      task,
      interfaces,
      subnet: (id) => this.subnets.find(({ subnetId }) => subnetId === id),
      interfacesIn: (id) => [...this.interfaces.values()].filter(({ subnetId }) => subnetId === id).length,
      isAddressUsed: (address) => this.interfaces.has(address),
      defaultSecurityGroup: (vpcId) => ({ ...scope, groupId: 'sg-default', groupName: 'default', vpcId }),
      publicAddress: () => this.publicAddress,
      hints: (id) => ({
        run: this.hints.get(`${id} ${task?.hostArn}`)?.run,
        cursor: this.hints.get(id)?.cursor,
      }),
    };
  }

  attach(task: Task): InterfaceDecision {
    const decision = decideInterface(this.view(task), this.ids);
    if (decision.do === 'attach') {
      expect(this.interfaces.has(decision.eni.privateIpv4Address)).toBe(false);
      this.interfaces.set(decision.eni.privateIpv4Address, decision.eni);
      this.hints.set(decision.eni.subnetId, decision.hints);
      this.hints.set(`${decision.eni.subnetId} ${task.hostArn}`, decision.hints);
    }
    return decision;
  }
}

describe('decideInterface', () => {
  it('never gives an address twice, never a reserved one, and refuses only when all are given', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.subarray(['subnet-a', 'subnet-b', 'subnet-c'], { minLength: 1 }) },
      { weight: 1, arbitrary: fc.nat(50) },
    );
    fc.assert(
      fc.property(fc.nat(1000), fc.array(step, { maxLength: 120 }), (seed, played) => {
        const network = new Network(seed);
        for (const step of played) {
          if (typeof step === 'number') {
            const address = [...network.interfaces.keys()][step % Math.max(1, network.interfaces.size)];
            if (address !== undefined) network.interfaces.delete(address);
            continue;
          }
          const host = `host-${network.tasks.length % 3}`;
          const decision = network.attach(network.addTask({ zone: 'us-east-1a', given: step, host }));
          const free = step.flatMap((id) => {
            const range = rangeOf(subnets.find(({ subnetId }) => subnetId === id)!.cidrBlock);
            return Array.from({ length: range.last - range.first + 1 }, (_, i) => range.first + i);
          });
          if (decision.do === 'attach') {
            expect(free).toContain(parseAddress(decision.eni.privateIpv4Address));
          } else {
            const used = new Set([...network.interfaces.keys()].map(parseAddress));
            expect(free.filter((address) => !used.has(address))).toEqual([]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives each host addresses of its own run, one after the other', () => {
    const network = new Network(1);
    const large = { ...testSubnet('l', '10.1.0.0/24') };
    network.subnets.push(large);
    const given: Record<string, number[]> = {};
    for (let i = 0; i < 90; i++) {
      const host = i % 3 === 0 ? 'one' : 'other';
      const decision = network.attach(network.addTask({ zone: 'us-east-1a', given: ['subnet-l'], host }));
      if (decision.do !== 'attach') throw new Error('no address');
      (given[host] ??= []).push(parseAddress(decision.eni.privateIpv4Address));
    }
    const base = parseAddress('10.1.0.0');
    const from = (start: number, count: number): number[] => Array.from({ length: count }, (_, n) => base + start + n);
    expect(given).toEqual({ one: from(4, 30), other: from(68, 60) });
  });

  it('gives a public address where one is wanted, and refuses where there is none', () => {
    const network = new Network(1);
    const wants = (): Task => {
      const task = network.addTask({ zone: 'us-east-1a', given: ['subnet-a'] });
      return { ...task, networkConfiguration: { ...task.networkConfiguration!, assignPublicIp: 'ENABLED' } };
    };
    expect(decideInterface(network.view(wants()), network.ids)).toEqual({
      do: 'fail',
      reason:
        'Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in ' +
        "subnet 'subnet-a': InsufficientAddressCapacity",
    });
    network.publicAddress = '203.0.113.7';
    expect(decideInterface(network.view(wants()), network.ids)).toMatchObject({
      do: 'attach',
      eni: { association: { publicIp: '203.0.113.7' }, hostArn: 'host', vpcId: 'vpc-1' },
    });
    const without = decideInterface(network.view(network.addTask({ zone: 'a', given: ['subnet-a'] })), network.ids);
    expect(without.do === 'attach' && 'association' in without.eni).toBe(false);
  });

  it('spreads Fargate tasks over the subnets given', () => {
    const network = new Network(1);
    const zones: string[] = [];
    for (let i = 0; i < 6; i++) {
      const decision = network.attach(network.addTask({ zone: 'us-east-1a', given: ['subnet-a', 'subnet-b'] }));
      if (decision.do === 'attach') zones.push(decision.availabilityZone);
    }
    expect(zones.filter((zone) => zone === 'us-east-1a').length).toBe(3);
    expect(zones.filter((zone) => zone === 'us-east-1b').length).toBe(3);
  });

  it('keeps the tasks of an instance in its zone', () => {
    const network = new Network(1);
    const given = ['subnet-a', 'subnet-b'];
    const decision = network.attach(network.addTask({ zone: 'us-east-1b', given, launchType: 'EC2' }));
    expect(decision).toMatchObject({ do: 'attach', eni: { subnetId: 'subnet-b' } });
    const nowhere = network.attach(network.addTask({ zone: 'us-east-1z', given, launchType: 'EC2' }));
    expect(nowhere).toMatchObject({
      do: 'fail',
      reason: expect.stringContaining("'subnet-a': InvalidSubnetID.NotFound"),
    });
  });

  it('fills the interface in', () => {
    const network = new Network(1);
    const task = network.addTask({ zone: 'us-east-1a', given: ['subnet-b'], groups: ['sg-9'] });
    const decision = network.attach(task);
    if (decision.do !== 'attach') throw new Error('no interface');
    expect(decision.eni).toMatchObject({
      taskArn: task.taskArn,
      attachmentId: task.attachment?.id,
      securityGroups: ['sg-9'],
      privateIpv4Address: '10.0.0.20',
      subnetGatewayIpv4Address: '10.0.0.17/28',
      privateDnsName: 'ip-10-0-0-20.ec2.internal',
    });
    expect(decision.eni.networkInterfaceId).toMatch(/^eni-[0-9a-f]{17}$/);
    expect(decision.eni.macAddress).toMatch(/^0a(:[0-9a-f]{2}){5}$/);
    const other = network.attach(network.addTask({ zone: 'us-east-1a', given: ['subnet-b'] }));
    expect(other).toMatchObject({ eni: { securityGroups: ['sg-default'] } });
  });

  it('gives back at the end, also what a forgotten task left, and then has nothing to do', () => {
    const network = new Network(1);
    const task = network.addTask({ zone: 'us-east-1a', given: ['subnet-a'] });
    const decision = network.attach(task);
    if (decision.do !== 'attach') throw new Error('no interface');
    const stopping = requestStop(task, { stopCode: 'UserInitiated', reason: '', at: start });
    const decide = (view: InterfaceView): string => decideInterface(view, network.ids).do;
    expect(decide(network.view(stopping, [decision.eni]))).toBe('release');
    expect(decide(network.view(releaseInterface(stopping, start), []))).toBe('nothing');
    expect(decide(network.view(undefined, [decision.eni]))).toBe('release');
    expect(decide(network.view(undefined, []))).toBe('nothing');
  });
});
