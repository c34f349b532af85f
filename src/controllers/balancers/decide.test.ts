import { describe, expect, it } from 'vitest';
import { instantFromMs } from '#base';
import type { BalancerSubnet, ContainerInstanceArn, LoadBalancer, NetworkInterface, NodeServing } from '#model';
import { scope } from '../test-support/records.ts';
import { type CarrierHost, decideBalancer } from './decide.ts';

const subnets: readonly BalancerSubnet[] = ['a', 'b'].map((letter) => ({
  subnetId: `subnet-${letter}`,
  availabilityZone: `us-east-1${letter}`,
}));

const balancer: LoadBalancer = {
  ...scope,
  loadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-1:0:loadbalancer/app/web/0123456789abcdef',
  loadBalancerName: 'web',
  type: 'application',
  scheme: 'internal',
  vpcId: 'vpc-1',
  subnets,
  securityGroups: ['sg-1'],
  dnsName: 'web',
  canonicalHostedZoneId: 'Z',
  state: 'provisioning',
  attributes: {},
  nodes: [],
  tags: [],
  createdAt: instantFromMs(0),
};

const host = (name: string, zone: string, more: Partial<CarrierHost> = {}): CarrierHost => ({
  hostArn: name as ContainerInstanceArn,
  availabilityZone: `us-east-1${zone}`,
  load: 0,
  away: false,
  ...more,
});

const allocate = ({ subnetId }: BalancerSubnet): NetworkInterface => ({
  ...scope,
  networkInterfaceId: `eni-${subnetId}`,
  subnetId,
  securityGroups: ['sg-1'],
  macAddress: '0a:00:00:00:00:01',
  privateIpv4Address: subnetId === 'subnet-a' ? '10.0.0.4' : '10.0.1.4',
  subnetGatewayIpv4Address: '10.0.0.1/24',
  privateDnsName: 'x',
});

/** The decision applied: what is there after it, for a list of hosts. */
function settle(
  before: LoadBalancer,
  interfaces: readonly NetworkInterface[],
  hosts: readonly CarrierHost[],
  listeners: readonly string[] = [],
) {
  const decision = decideBalancer({ balancer: before, interfaces, hosts, listeners }, allocate);
  const gone = new Set(decision.released.map(({ networkInterfaceId }) => networkInterfaceId));
  const put = new Map(decision.interfaces.map((eni) => [eni.networkInterfaceId, eni]));
  const kept = interfaces.filter((eni) => !gone.has(eni.networkInterfaceId) && !put.has(eni.networkInterfaceId));
  const after = [...kept, ...put.values()];
  const again = decideBalancer({ balancer: decision.balancer, interfaces: after, hosts, listeners }, allocate);
  expect(again).toEqual({ balancer: decision.balancer, interfaces: [], released: [] });
  return { balancer: decision.balancer, interfaces: after };
}

/** The hosts of these nodes have said so. */
function said(
  { balancer, interfaces }: ReturnType<typeof settle>,
  of: readonly number[],
  more: { readonly listenerArns?: readonly string[]; readonly problem?: string } = {},
): readonly [LoadBalancer, readonly NetworkInterface[]] {
  const news = of.flatMap((index): [string, NodeServing][] => {
    const { networkInterfaceId = '', hostArn } = balancer.nodes[index] ?? {};
    return hostArn === undefined ? [] : [[networkInterfaceId, { hostArn, listenerArns: [], ...more }]];
  });
  return [{ ...balancer, serving: { ...balancer.serving, ...Object.fromEntries(news) } }, interfaces];
}

const hostsOf = ({ nodes }: LoadBalancer): readonly (string | undefined)[] => nodes.map(({ hostArn }) => hostArn);

describe('nodes of a load balancer', () => {
  it('are spread over hosts, in the zones of their subnets', () => {
    const { balancer: after, interfaces } = settle(balancer, [], [host('1', 'b'), host('2', 'a'), host('3', 'c')]);
    expect(hostsOf(after)).toEqual(['2', '1']);
    expect(interfaces.map(({ hostArn }) => hostArn)).toEqual(['2', '1']);
  });

  it('share a host when there is but one, and go to the one with fewer', () => {
    expect(hostsOf(settle(balancer, [], [host('1', 'a')]).balancer)).toEqual(['1', '1']);
    const hosts = [host('1', 'a', { load: 2 }), host('2', 'a', { load: 1 })];
    expect(hostsOf(settle({ ...balancer, subnets: subnets.slice(0, 1) }, [], hosts).balancer)).toEqual(['2']);
  });

  it('wait for a host, and say so', () => {
    const { balancer: after } = settle(balancer, [], []);
    expect(after).toMatchObject({ state: 'provisioning', stateReason: expect.stringContaining('No host') });
    expect(hostsOf(after)).toEqual([undefined, undefined]);
  });

  it('stay where they are, move from a host that is away while another is there, and stay when none is', () => {
    const first = settle(balancer, [], [host('1', 'a'), host('2', 'b')]);
    const more = [host('1', 'a'), host('2', 'b'), host('0', 'a')];
    expect(settle(first.balancer, first.interfaces, more).balancer).toBe(first.balancer);
    const away = settle(first.balancer, first.interfaces, [host('1', 'a', { away: true }), host('2', 'b')]);
    expect(hostsOf(away.balancer)).toEqual(['2', '2']);
    expect(away.balancer.nodes[0]?.privateIpv4Address).toBe('10.0.0.4');
    const none = [host('1', 'a', { away: true }), host('2', 'b', { away: true })];
    expect(settle(first.balancer, first.interfaces, none).balancer).toBe(first.balancer);
  });

  it('come and go with subnets, and follow the groups', () => {
    const hosts = [host('1', 'a'), host('2', 'b')];
    const first = settle(balancer, [], hosts);
    const smaller = { ...first.balancer, subnets: subnets.slice(1), securityGroups: ['sg-2'] };
    const after = settle(smaller, first.interfaces, hosts);
    expect(after.interfaces).toMatchObject([{ networkInterfaceId: 'eni-subnet-b', securityGroups: ['sg-2'] }]);
  });

  it('are fewer while a subnet is full', () => {
    const full = (subnet: BalancerSubnet): NetworkInterface | undefined =>
      subnet.subnetId === 'subnet-a' ? undefined : allocate(subnet);
    const view = { balancer, interfaces: [], hosts: [host('1', 'a')], listeners: [] };
    const { balancer: after, interfaces } = decideBalancer(view, full);
    expect(after).toMatchObject({ state: 'provisioning', nodes: [{ subnetId: 'subnet-b' }] });
    const [told] = said({ balancer: after, interfaces: [...interfaces] }, [0]);
    const { balancer: serving } = decideBalancer({ ...view, balancer: told, interfaces }, full);
    expect(serving).toMatchObject({ state: 'active_impaired', stateReason: 'Not every subnet has a node' });
  });
});

describe('the state of a load balancer', () => {
  const hosts = [host('1', 'a'), host('2', 'b')];
  const listeners = ['arn:listener'];
  const whole = { listenerArns: listeners };

  it('is active once every node serves with the listeners that there are, and stays so when more come', () => {
    const first = settle(balancer, [], hosts, listeners);
    expect(first.balancer).toMatchObject({ state: 'provisioning' });
    expect(first.balancer).not.toHaveProperty('stateReason');
    const one = settle(...said(first, [0], whole), hosts, listeners);
    expect(one.balancer.state).toBe('provisioning');
    const early = settle(...said(one, [1]), hosts, listeners);
    expect(early.balancer.state).toBe('provisioning');
    const both = settle(...said(early, [1], whole), hosts, listeners);
    expect(both.balancer.state).toBe('active');
    expect(settle(both.balancer, both.interfaces, hosts, [...listeners, 'arn:later']).balancer).toBe(both.balancer);
  });

  it('is impaired while a node does not serve, moves, or has no host that is there', () => {
    const first = settle(balancer, [], hosts);
    const both = settle(...said(first, [0, 1]), hosts);
    const failed = settle(...said(both, [1], { problem: 'no room' }), hosts);
    expect(failed.balancer).toMatchObject({
      state: 'active_impaired',
      stateReason: 'The node 10.0.1.4 does not serve: no room',
    });
    expect(settle(...said(failed, [1]), hosts).balancer).toMatchObject({ state: 'active' });
    const moved = settle(both.balancer, both.interfaces, [host('1', 'a', { away: true }), host('2', 'b')]);
    expect(moved.balancer).toMatchObject({ state: 'active_impaired', stateReason: 'Not every node serves' });
    expect(settle(...said(moved, [0]), [host('2', 'b')]).balancer).toMatchObject({ state: 'active' });
  });

  it('does not wait for nodes that cannot serve, nor for hosts that are away', () => {
    const first = settle(balancer, [], hosts);
    const one = settle(...said(first, [0]), hosts);
    const other = settle(...said(one, [1], { problem: 'no room' }), hosts);
    expect(other.balancer.state).toBe('active_impaired');
    const none = settle(...said(first, [0, 1], { problem: 'no room' }), hosts);
    expect(none.balancer).toMatchObject({ state: 'provisioning', stateReason: expect.stringContaining('no room') });
    const away = hosts.map((each) => ({ ...each, away: true }));
    expect(settle(first.balancer, first.interfaces, away).balancer.state).toBe('provisioning');
  });
});
