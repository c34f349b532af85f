import {
  type BalancerNode,
  type BalancerSubnet,
  type ContainerInstance,
  type ContainerInstanceArn,
  type LoadBalancer,
  type NetworkInterface,
} from '#model';

/** A host that could carry nodes. */
export interface CarrierHost {
  readonly hostArn: ContainerInstanceArn;
  readonly availabilityZone: string;
  /** Nodes of all load balancers there. */
  readonly load: number;
  /** Its agent is not there. */
  readonly away: boolean;
}

export interface BalancerView {
  readonly balancer: LoadBalancer;
  /** Those that may carry nodes of it. */
  readonly hosts: readonly CarrierHost[];
  /** The interfaces of its nodes. */
  readonly interfaces: readonly NetworkInterface[];
}

export interface BalancerDecision {
  /** The record afterwards; the very same when nothing of it changes. */
  readonly balancer: LoadBalancer;
  readonly interfaces: readonly NetworkInterface[];
  readonly released: readonly NetworkInterface[];
}

export function mayCarry({ status, lostAt }: Pick<ContainerInstance, 'status' | 'lostAt'>): boolean {
  return status === 'ACTIVE' && lostAt === undefined;
}

/**
 * Where the nodes of a load balancer are to be. `allocate` gives a new interface in a subnet, or nothing when the subnet is
 * full. Pure, and with nothing to do soon after nothing changes.
 */
export function decideBalancer(
  { balancer, hosts, interfaces }: BalancerView,
  allocate: (subnet: BalancerSubnet) => NetworkInterface | undefined,
): BalancerDecision {
  const nodes: BalancerNode[] = [];
  const kept: NetworkInterface[] = [];
  for (const subnet of balancer.subnets) {
    const eni = interfaces.find(({ subnetId }) => subnetId === subnet.subnetId) ?? allocate(subnet);
    if (eni === undefined) continue;
    const before = balancer.nodes.find(({ networkInterfaceId }) => networkInterfaceId === eni.networkInterfaceId);
    const host = hostFor(subnet, before, nodes, hosts);
    nodes.push({
      subnetId: subnet.subnetId,
      availabilityZone: subnet.availabilityZone,
      networkInterfaceId: eni.networkInterfaceId,
      privateIpv4Address: eni.privateIpv4Address,
      ...(host === undefined ? {} : { hostArn: host }),
    });
    kept.push(placed(eni, balancer, host));
  }
  const ids = new Set(kept.map(({ networkInterfaceId }) => networkInterfaceId));
  return {
    balancer: settled(balancer, nodes),
    interfaces: kept.filter((eni) => !interfaces.includes(eni)),
    released: interfaces.filter(({ networkInterfaceId }) => !ids.has(networkInterfaceId)),
  };
}

function hostFor(
  subnet: BalancerSubnet,
  before: BalancerNode | undefined,
  placedNodes: readonly BalancerNode[],
  hosts: readonly CarrierHost[],
): ContainerInstanceArn | undefined {
  const current = hosts.find(({ hostArn }) => hostArn === before?.hostArn);
  if (current?.away === false) return current.hostArn;
  const own = ({ hostArn }: CarrierHost): number => placedNodes.filter((node) => node.hostArn === hostArn).length;
  const elsewhere = ({ availabilityZone }: CarrierHost): number =>
    availabilityZone.at(-1) === subnet.availabilityZone.at(-1) ? 0 : 1;
  const [best] = hosts
    .filter(({ away }) => !away)
    .toSorted(
      (a, b) => own(a) - own(b) || elsewhere(a) - elsewhere(b) || a.load - b.load || (a.hostArn < b.hostArn ? -1 : 1),
    );
  return best?.hostArn ?? current?.hostArn;
}

/** The interface where its node is, with the groups of its load balancer. */
function placed(
  eni: NetworkInterface,
  { securityGroups }: LoadBalancer,
  hostArn: ContainerInstanceArn | undefined,
): NetworkInterface {
  const sameGroups = eni.securityGroups.join() === securityGroups.join();
  if (eni.hostArn === hostArn && sameGroups) return eni;
  const { hostArn: _, ...rest } = eni;
  const groups = sameGroups ? eni.securityGroups : securityGroups;
  return { ...rest, securityGroups: groups, ...(hostArn === undefined ? {} : { hostArn }) };
}

const noHosts =
  'No host is there that can carry the load balancer: one with an agent that announces balancing is needed';

function settled(balancer: LoadBalancer, nodes: readonly BalancerNode[]): LoadBalancer {
  const standing = nodes.filter(({ hostArn }) => hostArn !== undefined).length;
  const whole = standing === balancer.subnets.length;
  const state = standing === 0 ? 'provisioning' : whole ? 'active' : 'active_impaired';
  const reason = standing === 0 ? noHosts : whole ? undefined : 'Not every subnet has a node';
  const same = JSON.stringify(nodes) === JSON.stringify(balancer.nodes);
  if (same && state === balancer.state && reason === balancer.stateReason) return balancer;
  const { stateReason: _, ...rest } = balancer;
  return {
    ...rest,
    nodes: same ? balancer.nodes : nodes,
    state,
    ...(reason === undefined ? {} : { stateReason: reason }),
  };
}
