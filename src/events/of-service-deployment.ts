import type { EcsEventFacts, ServiceDeployment } from '#model';
import type { ChangeOf } from './change.ts';

/** What a service deployment's change tells: of each lifecycle hook that was reached, or that is over. */
export function hookEvents({ before, after }: ChangeOf<ServiceDeployment>): EcsEventFacts[] {
  if (after?.lifecycleHooks === undefined || after.lifecycleHooks === before?.lifecycleHooks) return [];
  const { serviceArn, clusterArn, serviceDeploymentArn } = after;
  return after.lifecycleHooks.flatMap((hook, index) => {
    if (before?.lifecycleHooks?.[index]?.status === hook.status) return [];
    const eventName = `HOOK_${hook.status}` as const;
    return [{ detailType: 'ECS Hook State Change', serviceArn, clusterArn, serviceDeploymentArn, eventName, hook }];
  });
}
