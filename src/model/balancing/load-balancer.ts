import type { Ids, Instant } from '#base';
import type { ContainerInstanceArn, Scope } from '../arn.ts';
import type { Tag } from '../tags.ts';

export type LoadBalancerType = 'application' | 'network';
export type LoadBalancerScheme = 'internet-facing' | 'internal';

/**
 * `provisioning`: it has yet to serve. `active`: a node serves in each subnet. `active_impaired`: hosts or nodes are missing.
 * `failed`: it cannot be made.
 */
export type LoadBalancerState = 'provisioning' | 'active' | 'active_impaired' | 'failed';

/** A subnet that a load balancer was given: it has one node there. */
export interface BalancerSubnet {
  readonly subnetId: string;
  readonly availabilityZone: string;
  /** Asked for by address; network load balancers only. */
  readonly privateIpv4Address?: string;
  readonly allocationId?: string;
}

/** A node: an interface of the subnet, and the host that carries it. */
export interface BalancerNode {
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly networkInterfaceId: string;
  readonly privateIpv4Address: string;
  readonly hostArn?: ContainerInstanceArn;
}

/** What the host that carries a node said of it last. */
export interface NodeServing {
  readonly hostArn: ContainerInstanceArn;
  /** The listeners that it has heard of, by their ARN. */
  readonly listenerArns: readonly string[];
  /** Of the listeners' document that it serves. Absent: it serves none, or its agent does not say. */
  readonly digest?: string;
  /** Why it serves nobody; absent: it does. */
  readonly problem?: string;
}

export interface LoadBalancer extends Scope {
  readonly loadBalancerArn: string;
  readonly loadBalancerName: string;
  readonly type: LoadBalancerType;
  readonly scheme: LoadBalancerScheme;
  readonly vpcId: string;
  readonly subnets: readonly BalancerSubnet[];
  readonly securityGroups: readonly string[];
  readonly dnsName: string;
  readonly canonicalHostedZoneId: string;
  readonly state: LoadBalancerState;
  readonly stateReason?: string;
  /** Those that were changed, by AWS's keys; the others have AWS's defaults. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly nodes: readonly BalancerNode[];
  /** By their interfaces. Absent: no host has said anything yet. */
  readonly serving?: Readonly<Record<string, NodeServing>>;
  /** Made for Express services, which share it; it goes with the last of them. */
  readonly express?: true;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
}

/** Whether a node answers, by the word of the host that carries it now. */
export function nodeServes(
  { serving }: Pick<LoadBalancer, 'serving'>,
  { networkInterfaceId, hostArn }: Pick<BalancerNode, 'networkInterfaceId' | 'hostArn'>,
): boolean {
  const said = serving?.[networkInterfaceId];
  return said !== undefined && said.hostArn === hostArn && said.problem === undefined;
}

export function elbArn({ region, accountId }: Scope, path: string): string {
  return `arn:aws:elasticloadbalancing:${region}:${accountId}:${path}`;
}

const letters: Readonly<Record<LoadBalancerType, string>> = { application: 'app', network: 'net' };

export function newLoadBalancerArn(scope: Scope, type: LoadBalancerType, name: string, ids: Ids): string {
  return elbArn(scope, `loadbalancer/${letters[type]}/${name}/${ids.hex(16)}`);
}

/** The part that a load balancer's ARN shares with those of its listeners and rules: `app/name/id`. */
export function balancerPath(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1);
}

/** The type that the ARN of a load balancer, a listener or a rule tells. */
export function balancerTypeOf(arn: string): LoadBalancerType {
  return balancerPath(arn).startsWith('net/') ? 'network' : 'application';
}

/** `name-id.region.elb.localhost`: a name that many clients resolve to this machine by themselves. */
export function newDnsName(
  { loadBalancerName, scheme, region }: Pick<LoadBalancer, 'loadBalancerName' | 'scheme' | 'region'>,
  ids: Ids,
): string {
  const prefix = scheme === 'internal' ? 'internal-' : '';
  return `${prefix}${loadBalancerName}-${ids.digits(10)}.${region}.elb.localhost`;
}

/** AWS's ids of the zones that the names are in, those of us-east-1 everywhere. */
export const canonicalHostedZoneIds: Readonly<Record<LoadBalancerType, string>> = {
  application: 'Z35SXDOTRQ7X7K',
  network: 'Z26RNL4JYFTOTI',
};

/** Who made the interfaces of load balancers for their users. */
export const balancerRequester = 'amazon-elb';

/** What AWS says of the interface of a node. */
export function nodeDescription(loadBalancerArn: string): string {
  return `ELB ${balancerPath(loadBalancerArn)}`;
}
