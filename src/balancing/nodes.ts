import type { ContainerInstanceArn, LoadBalancer, NodeServing } from '#model';
import type { RoadsteadTx } from '#store';

/** What a host says of a node that it carries. */
interface NodeReport extends Omit<NodeServing, 'hostArn'> {
  readonly balancerArn: string;
  readonly interfaceId: string;
}

/**
 * Takes what a host says of load balancers' nodes. Of nodes that it does not carry, or does no longer, it has nothing to
 * say; nodes that are gone are forgotten.
 */
export function applyNodeReports(tx: RoadsteadTx, hostArn: ContainerInstanceArn, reports: readonly NodeReport[]): void {
  for (const { balancerArn, interfaceId, listenerArns, digest, problem } of reports) {
    const balancer = tx.loadBalancers.find(balancerArn);
    const node = balancer?.nodes.find(({ networkInterfaceId }) => networkInterfaceId === interfaceId);
    if (balancer === undefined || node?.hostArn !== hostArn) continue;
    const said: NodeServing = {
      hostArn,
      listenerArns,
      ...(digest === undefined ? {} : { digest }),
      ...(problem === undefined ? {} : { problem }),
    };
    if (JSON.stringify(balancer.serving?.[interfaceId]) === JSON.stringify(said)) continue;
    tx.loadBalancers.put({ ...balancer, serving: { ...ofNodes(balancer), [interfaceId]: said } });
  }
}

/**
 * Whether what nodes say they serve is this. Hosts that say nothing of it (agents of before, a node that is not up) have
 * no other word than their acknowledgment.
 */
export function nodesServe({ nodes, serving = {} }: Pick<LoadBalancer, 'nodes' | 'serving'>, digest: string): boolean {
  return nodes.every(({ networkInterfaceId, hostArn }) => {
    const said = serving[networkInterfaceId];
    return said?.digest === undefined || said.hostArn !== hostArn || said.digest === digest;
  });
}

function ofNodes({ nodes, serving = {} }: LoadBalancer): Readonly<Record<string, NodeServing>> {
  const ids = new Set(nodes.map(({ networkInterfaceId }) => networkInterfaceId));
  return Object.fromEntries(Object.entries(serving).filter(([id]) => ids.has(id)));
}
