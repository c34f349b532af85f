import type { Cluster, Scope } from '#model';
import type { RoadsteadView } from '#store';
import { clusterInactive, clusterNotFound } from '../errors.ts';
import { clusterArnFrom } from '../references.ts';

/**
 * The ACTIVE cluster a caller named (`default` when it named none). ClusterNotFoundException `Cluster not found.` or,
 * for a deleted one, `The referenced cluster was inactive.`
 */
export function resolveCluster(view: RoadsteadView, scope: Scope, reference: string | undefined): Cluster {
  const cluster = view.clusters.find(clusterArnFrom(scope, reference));
  if (cluster === undefined) throw clusterNotFound();
  if (cluster.status === 'INACTIVE') throw clusterInactive();
  return cluster;
}
