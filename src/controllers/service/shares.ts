import type { Deployment } from '#model';
import type { RolloutPlan, Share } from './rollout.ts';

/** Oldest first: the order of a plan's `older`. */
export function olderOf(deployments: readonly Deployment[]): readonly Deployment[] {
  return deployments.filter(({ status }) => status !== 'PRIMARY').sort((a, b) => a.createdAt - b.createdAt);
}

/** A deployment with its share of the plan. */
export function sharesOf(
  deployments: readonly Deployment[],
  plan: RolloutPlan,
): readonly { readonly deployment: Deployment; readonly share: Share }[] {
  const older = olderOf(deployments);
  return deployments.flatMap((deployment) => {
    const share = deployment.status === 'PRIMARY' ? plan.primary : plan.older[older.indexOf(deployment)];
    return share === undefined ? [] : [{ deployment, share }];
  });
}
