import type { TaskSet } from '#model';
import type { Totals } from '#store';
import {
  computeMembers,
  presentLoadBalancers,
  presentNetwork,
  presentPlatform,
  presentRegistries,
  presentTaskCounts,
} from '../service/present-settings.ts';

/** A task set as the API shows it; tags only when asked for. */
export function presentTaskSet(taskSet: TaskSet, totals: Totals, include: { readonly tags: boolean }) {
  return {
    id: taskSet.id,
    taskSetArn: taskSet.taskSetArn,
    serviceArn: taskSet.serviceArn,
    clusterArn: taskSet.clusterArn,
    ...(taskSet.startedBy === undefined ? {} : { startedBy: taskSet.startedBy }),
    ...(taskSet.externalId === undefined ? {} : { externalId: taskSet.externalId }),
    status: taskSet.status,
    taskDefinition: taskSet.taskDefinitionArn,
    computedDesiredCount: taskSet.computedDesiredCount,
    ...presentTaskCounts(totals, taskSet.serviceArn, taskSet.id),
    createdAt: taskSet.createdAt,
    updatedAt: taskSet.updatedAt,
    ...computeMembers(taskSet),
    ...presentPlatform(taskSet.platformVersion),
    ...presentNetwork(taskSet.networkConfiguration),
    loadBalancers: presentLoadBalancers(taskSet.loadBalancers),
    serviceRegistries: presentRegistries(taskSet),
    scale: { value: taskSet.scalePercent, unit: 'PERCENT' as const },
    stabilityStatus: taskSet.stabilityStatus,
    stabilityStatusAt: taskSet.stabilityStatusAt,
    tags: include.tags ? [...taskSet.tags] : [],
  };
}
