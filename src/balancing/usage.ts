import { type ContainerInstanceArn, type LoadBalancer, nodeServes } from '#model';
import type { RoadsteadView } from '#store';

/** Who sends requests to a target group. */
export interface GroupUsage {
  /** Whether a rule of a listener forwards to it. */
  readonly used: boolean;
  /** The zones that its load balancers are in. */
  readonly zones: ReadonlySet<string>;
  /** The hosts that carry a node of them, and check the targets. */
  readonly hosts: ReadonlySet<ContainerInstanceArn>;
  /** Those of them with a node that serves: a new target is waited for there. */
  readonly serving: ReadonlySet<ContainerInstanceArn>;
}

const unused: GroupUsage = { used: false, zones: new Set(), hosts: new Set(), serving: new Set() };

export function usageOf(view: RoadsteadView, targetGroupArn: string): GroupUsage {
  const balancers = balancersOf(view, targetGroupArn);
  if (balancers.length === 0) return unused;
  return {
    used: true,
    zones: new Set(balancers.flatMap(({ subnets }) => subnets.map(({ availabilityZone }) => availabilityZone))),
    hosts: new Set(balancers.flatMap(({ nodes }) => nodes.flatMap(({ hostArn }) => hostArn ?? []))),
    serving: new Set(
      balancers.flatMap((balancer) =>
        balancer.nodes.flatMap((node) => (nodeServes(balancer, node) ? (node.hostArn ?? []) : [])),
      ),
    ),
  };
}

/** The load balancers whose rules forward to a target group, each once. */
export function balancersOf(view: RoadsteadView, targetGroupArn: string): readonly LoadBalancer[] {
  const arns = new Set<string>();
  for (const { listenerArn } of view.listenerRules.by('targetGroup', targetGroupArn)) {
    const listener = view.listeners.find(listenerArn);
    if (listener !== undefined) arns.add(listener.loadBalancerArn);
  }
  return [...arns].flatMap((arn) => view.loadBalancers.find(arn) ?? []);
}
