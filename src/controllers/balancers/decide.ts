import {
  type BalancerNode,
  type BalancerSubnet,
  type ContainerInstance,
  type ContainerInstanceArn,
  type LoadBalancer,
  type NetworkInterface,
  nodeServes,
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
  /** Its listeners, by their ARN. */
  readonly listeners: readonly string[];
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
 * Where the nodes of a load balancer are to be, and in which state it is. `allocate` gives a new interface in a subnet, or nothing when the subnet is
 * full. Pure, and with nothing to do soon after nothing changes.
 */
export function decideBalancer(
  { balancer, hosts, interfaces, listeners }: BalancerView,
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
    balancer: settled(balancer, nodes, conditionOf(balancer, nodes, { hosts, listeners })),
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

interface Condition {
  readonly state: LoadBalancer['state'];
  readonly reason?: string;
}

/**
 * One that never served begins to once every node on a host that is there does, with all listeners that it has by then;
 * nodes that say they cannot are not waited for. From then on it is what its nodes are, also while they are busy with a
 * new listener.
 */
function conditionOf(
  balancer: LoadBalancer,
  nodes: readonly BalancerNode[],
  { hosts, listeners }: Pick<BalancerView, 'hosts' | 'listeners'>,
): Condition {
  const standing = nodes.filter(({ hostArn }) => hostArn !== undefined);
  if (standing.length === 0) return { state: 'provisioning', reason: noHosts };
  const serving = standing.filter((node) => nodeServes(balancer, node));
  const problem = standing.map((node) => problemOf(balancer, node)).find((text) => text !== undefined);
  const trouble = problem === undefined ? {} : { reason: problem };
  if (balancer.state === 'provisioning') {
    const whole = (node: BalancerNode): boolean => {
      const heard = balancer.serving?.[node.networkInterfaceId]?.listenerArns ?? [];
      return serving.includes(node) && listeners.every((arn) => heard.includes(arn));
    };
    const away = new Set(hosts.filter((host) => host.away).map(({ hostArn }) => hostArn));
    const awaited = standing.filter(
      (node) => !(node.hostArn !== undefined && away.has(node.hostArn)) && problemOf(balancer, node) === undefined,
    );
    if (awaited.length === 0 || !awaited.every(whole)) return { state: 'provisioning', ...trouble };
  }
  if (serving.length === balancer.subnets.length) return { state: 'active' };
  const missing = standing.length === balancer.subnets.length ? 'Not every node serves' : 'Not every subnet has a node';
  return { state: 'active_impaired', reason: missing, ...trouble };
}

/** Why a node cannot serve, in the words of the host that carries it. */
function problemOf({ serving }: LoadBalancer, node: BalancerNode): string | undefined {
  const said = serving?.[node.networkInterfaceId];
  if (said?.problem === undefined || said.hostArn !== node.hostArn) return undefined;
  return `The node ${node.privateIpv4Address} does not serve: ${said.problem}`;
}

function settled(balancer: LoadBalancer, nodes: readonly BalancerNode[], { state, reason }: Condition): LoadBalancer {
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
