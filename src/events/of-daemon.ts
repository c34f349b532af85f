import type { ContainerInstanceArn, Daemon, DaemonDeployment, DaemonTaskDefinitionArn, EcsEventFacts } from '#model';
import type { ChangeOf } from './change.ts';

/** What a daemon's change tells: of each instance on which its task did not come up, each time anew. */
export function daemonEvents(
  { before, after }: ChangeOf<Daemon>,
  definitionOf: (daemon: Daemon) => DaemonTaskDefinitionArn,
): EcsEventFacts[] {
  if (after?.troubles === undefined || after.troubles === before?.troubles) return [];
  const { daemonArn, clusterArn, goal, troubles } = after;
  const daemon = { daemonArn, clusterArn, daemonRevisionArn: goal.daemonRevisionArn };
  return Object.entries(troubles).flatMap(([arn, trouble]): EcsEventFacts[] => {
    const containerInstanceArn = arn as ContainerInstanceArn;
    if (before?.troubles?.[containerInstanceArn] === trouble) return [];
    return [
      {
        detailType: 'ECS Daemon Service Action',
        eventName: 'DAEMON_TASK_START_IMPAIRED',
        daemon,
        daemonTaskDefinitionArn: definitionOf(after),
        containerInstanceArn,
        trouble,
      },
    ];
  });
}

/** What a daemon deployment's change tells: each status it comes to. */
export function daemonDeploymentEvents({ before, after }: ChangeOf<DaemonDeployment>): EcsEventFacts[] {
  if (after === undefined || after.status === before?.status) return [];
  const { daemonArn, clusterArn, daemonDeploymentArn, target } = after;
  return [
    {
      detailType: 'ECS Daemon Deployment State Change',
      eventName: `DAEMON_DEPLOYMENT_${after.status}`,
      daemonArn,
      clusterArn,
      daemonDeploymentArn,
      ...(target === undefined ? {} : { targetDaemonRevisionArn: target.daemonRevisionArn }),
    },
  ];
}
