import type { CodeDeployDeployment, TaskSet } from '#model';
import type { RoadsteadView, Totals } from '#store';
import { targetNotFound } from './errors.ts';

/** What a deployment deploys to, as GetDeploymentTarget names it. */
export function targetIdOf({ clusterName, serviceName }: CodeDeployDeployment): string {
  return `${clusterName}:${serviceName}`;
}

/** DeploymentTargetDoesNotExistException for another service than the deployment's. */
export function requireTarget(deployment: CodeDeployDeployment, targetId: string): void {
  if (targetId !== targetIdOf(deployment)) throw targetNotFound(targetId);
}

const statuses = {
  Created: 'Pending',
  InProgress: 'InProgress',
  Ready: 'Ready',
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  Stopped: 'Skipped',
} as const;

export function targetStatus({ status }: Pick<CodeDeployDeployment, 'status'>) {
  return statuses[status];
}

/** A deployment has one target. */
export function overviewOf(deployment: Pick<CodeDeployDeployment, 'status'>) {
  const none = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0 };
  return { ...none, [targetStatus(deployment)]: 1 };
}

export function presentTarget(view: RoadsteadView, deployment: CodeDeployDeployment, totals: Totals) {
  const { deploymentId, serviceArn, updatedAt } = deployment;
  return {
    deploymentTargetType: 'ECSTarget' as const,
    ecsTarget: {
      deploymentId,
      targetId: targetIdOf(deployment),
      targetArn: serviceArn as string,
      lastUpdatedAt: updatedAt,
      lifecycleEvents: deployment.events.map(({ name, status, startedAt, endedAt, message }) => ({
        lifecycleEventName: name,
        ...(message === undefined ? {} : { diagnostics: { errorCode: 'UnknownError' as const, message } }),
        ...(startedAt === undefined ? {} : { startTime: startedAt }),
        ...(endedAt === undefined ? {} : { endTime: endedAt }),
        status,
      })),
      status: targetStatus(deployment),
      taskSetsInfo: taskSetsOf(view, deployment).map((each) => presentTaskSet(view, each, deployment, totals)),
    },
  };
}

/** Those that are still there. */
function taskSetsOf(view: RoadsteadView, { blueArn, greenArn }: CodeDeployDeployment): readonly TaskSet[] {
  return [blueArn, greenArn].flatMap((arn) => (arn === undefined ? [] : (view.taskSets.find(arn) ?? [])));
}

function presentTaskSet(
  view: RoadsteadView,
  taskSet: TaskSet,
  { greenArn, weight }: CodeDeployDeployment,
  totals: Totals,
) {
  const isGreen = taskSet.taskSetArn === greenArn;
  const counts = totals.services.of(taskSet.serviceArn).byDeployment.get(taskSet.id);
  const groupArn = taskSet.loadBalancers?.[0]?.targetGroupArn;
  const group = groupArn === undefined ? undefined : view.targetGroups.find(groupArn);
  return {
    identifer: taskSet.id as string,
    desiredCount: taskSet.computedDesiredCount,
    pendingCount: counts?.pending ?? 0,
    runningCount: counts?.running ?? 0,
    status: taskSet.status,
    trafficWeight: isGreen ? weight : 100 - weight,
    ...(group === undefined ? {} : { targetGroup: { name: group.targetGroupName } }),
    taskSetLabel: isGreen ? ('Green' as const) : ('Blue' as const),
  };
}
