import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { presentCluster } from './cluster/present.ts';
import { clusterNotFound } from './errors.ts';
import { clusterArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** DeleteCluster: the cluster turns INACTIVE; refused while it holds instances, services or tasks. */
export const DeleteCluster = operation(ecs, 'DeleteCluster', {
  authorize: (input, ctx) => ({ action: 'ecs:DeleteCluster', resource: clusterArnFrom(ctx.scope, input.cluster) }),
  command: (input, ctx) => ({ arn: clusterArnFrom(ctx.scope, input.cluster), at: ctx.now }),
  apply: (tx, { arn, at }, ctx) => {
    const cluster = tx.clusters.find(arn);
    if (cluster === undefined) throw clusterNotFound();
    if (cluster.status === 'INACTIVE') return cluster;
    const counts = ctx.totals.clusters.of(arn);
    if (counts.registeredInstances > 0) {
      throw new ApiError(
        'ClusterContainsContainerInstancesException',
        'The Cluster cannot be deleted while Container Instances are active or draining.',
      );
    }
    if (counts.activeServices > 0) {
      throw new ApiError(
        'ClusterContainsServicesException',
        'The Cluster cannot be deleted while Services are active.',
      );
    }
    const [daemon] = tx.daemons.by('cluster', arn);
    if (daemon !== undefined) {
      throw new ApiError(
        'ClusterContainsServicesException',
        `The Cluster cannot be deleted while it has daemons: delete the daemon ${daemon.daemonName} and try again.`,
      );
    }
    for (const task of tx.tasks.by('cluster', arn)) {
      if (task.lastStatus !== 'STOPPED') {
        throw new ApiError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
      }
    }
    const deleted = { ...cluster, status: 'INACTIVE' as const, inactiveAt: at, tags: [] };
    tx.clusters.put(deleted);
    return deleted;
  },
  output: (cluster, ctx) => ({ cluster: presentCluster(cluster, ctx.totals, new Set(['SETTINGS'])) }),
});
