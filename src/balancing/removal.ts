import { type Listener, nodeDescription, targetKey } from '#model';
import type { RoadsteadTx } from '#store';

/** Takes a load balancer away, with its listeners, their rules and its interfaces. */
export function removeLoadBalancer(tx: RoadsteadTx, loadBalancerArn: string): void {
  const listeners = [...tx.listeners.by('loadBalancer', loadBalancerArn)];
  for (const listener of listeners) removeListener(tx, listener);
  const interfaces = [...tx.networkInterfaces.by('balancer', nodeDescription(loadBalancerArn))];
  for (const { networkInterfaceId } of interfaces) tx.networkInterfaces.delete(networkInterfaceId);
  tx.loadBalancers.delete(loadBalancerArn);
}

/** Takes a listener away, with all its rules. */
export function removeListener(tx: RoadsteadTx, { listenerArn }: Pick<Listener, 'listenerArn'>): void {
  const rules = [...tx.listenerRules.by('listener', listenerArn)];
  for (const { ruleArn } of rules) tx.listenerRules.delete(ruleArn);
  tx.listeners.delete(listenerArn);
}

/** Takes a target group away, to which no rule forwards any longer, with its targets. */
export function removeTargetGroup(tx: RoadsteadTx, targetGroupArn: string): void {
  const targets = [...tx.targets.by('targetGroup', targetGroupArn)];
  for (const target of targets) tx.targets.delete(targetKey(target));
  tx.targetGroups.delete(targetGroupArn);
}
