import {
  type Cluster,
  type Daemon,
  type DaemonArn,
  type DaemonDeployment,
  type DaemonGoal,
  type DaemonRevision,
  type DaemonTaskDefinition,
  daemonCounts,
  isDaemonDeploymentOver,
  newDaemonDeploymentArn,
  newDaemonRevisionArn,
} from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import type { OperationContext } from '../../operation.ts';
import type { DaemonSettings } from './rules.ts';

/** Stores a new revision of a daemon; gives what is wanted from now on. */
export function putRevision(
  tx: RoadsteadTx,
  of: { readonly daemonArn: DaemonArn; readonly cluster: Pick<Cluster, 'clusterArn'> },
  { settings, definition }: { readonly settings: DaemonSettings; readonly definition: DaemonTaskDefinition },
  ctx: OperationContext,
): DaemonGoal {
  const revision: DaemonRevision = {
    ...ctx.scope,
    daemonRevisionArn: newDaemonRevisionArn(of.daemonArn, ctx.ids),
    daemonArn: of.daemonArn,
    clusterArn: of.cluster.clusterArn,
    daemonTaskDefinitionArn: definition.daemonTaskDefinitionArn,
    ...settings.revision,
    createdAt: ctx.now,
  };
  tx.daemonRevisions.put(revision);
  return { daemonRevisionArn: revision.daemonRevisionArn, capacityProviders: settings.providers };
}

/** Stores the deployment that brings a daemon from what it ran to what is wanted; without a target it is to go. */
export function putDeployment(
  tx: RoadsteadTx,
  deployment: Pick<DaemonDeployment, 'daemonArn' | 'clusterArn' | 'target' | 'source' | 'configuration'>,
  ctx: OperationContext,
): DaemonDeployment {
  const record: DaemonDeployment = {
    ...ctx.scope,
    daemonDeploymentArn: newDaemonDeploymentArn(deployment.daemonArn, ctx.ids),
    ...deployment,
    status: 'PENDING',
    failureCount: 0,
    createdAt: ctx.now,
  };
  tx.daemonDeployments.put(record);
  return record;
}

/** Ends what is under way of a daemon: a newer deployment takes over. A rollback that is overtaken has failed. */
export function supersedeDeployments(tx: RoadsteadTx, daemon: Daemon, ctx: OperationContext): void {
  const open = [...tx.daemonDeployments.by('open', daemon.daemonArn)];
  for (const deployment of open) {
    const rollsBack = deployment.status === 'ROLLBACK_IN_PROGRESS';
    tx.daemonDeployments.put({
      ...deployment,
      status: rollsBack ? 'ROLLBACK_FAILED' : 'STOPPED',
      statusReason: `Daemon deployment ${rollsBack ? 'rollback ' : ''}stopped because a newer deployment was created.`,
      figures: deploymentFigures(tx, deployment),
      stoppedAt: ctx.now,
      finishedAt: ctx.now,
    });
  }
}

/** How the instances stand to what a deployment came from and goes to; as it ended, once it has. */
export function deploymentFigures(
  view: RoadsteadView,
  deployment: DaemonDeployment,
): NonNullable<DaemonDeployment['figures']> {
  if (deployment.figures !== undefined && isDaemonDeploymentOver(deployment)) return deployment.figures;
  const { target, source, clusterArn, daemonArn } = deployment;
  const instances = [...view.containerInstances.by('cluster', clusterArn)];
  const tasks = [...view.tasks.by('daemonOpen', daemonArn)];
  const counted = (goal: DaemonGoal | undefined) => (goal === undefined ? [] : daemonCounts(goal, instances, tasks));
  return { target: counted(target), source: counted(source) };
}
