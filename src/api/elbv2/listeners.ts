import type { Listener } from '#model';
import type { RoadsteadTx } from '#store';

/** Takes a listener away, with all its rules. */
export function removeListener(tx: RoadsteadTx, { listenerArn }: Listener): void {
  const rules = [...tx.listenerRules.by('listener', listenerArn)];
  for (const { ruleArn } of rules) tx.listenerRules.delete(ruleArn);
  tx.listeners.delete(listenerArn);
}
