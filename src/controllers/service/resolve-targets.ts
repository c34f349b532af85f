import { type Deployment, resolveLoadBalancers, type ServiceRevision } from '#model';
import { olderOf } from './shares.ts';
import { isProven } from './stages/follow.ts';
import type { ServiceView } from './view.ts';

/**
 * The revisions of a service with the target groups that their tasks are registered with: settled once, before a task of
 * theirs starts. A release takes those that its source does not have; a rolling deployment those that its source has.
 */
export function withTargetGroups(
  view: Pick<ServiceView, 'revision' | 'openServiceDeployments'>,
  deployments: readonly Deployment[],
): {
  readonly of: (deployment: Deployment) => ServiceRevision | undefined;
  readonly settled: readonly ServiceRevision[];
} {
  const settled = new Map<string, ServiceRevision>();
  const of = (deployment: Deployment): ServiceRevision | undefined => {
    const revision = view.revision(deployment);
    return revision === undefined ? undefined : (settled.get(revision.serviceRevisionArn) ?? revision);
  };
  // Oldest first, so that a source is settled before what is released from it.
  for (const deployment of [...deployments].sort((a, b) => a.createdAt - b.createdAt)) {
    const revision = of(deployment);
    const { loadBalancers } = deployment;
    if (revision === undefined || loadBalancers === undefined || revision.resolvedLoadBalancers !== undefined) continue;
    const record = view.openServiceDeployments.find(({ deploymentId }) => deploymentId === deployment.id);
    const released = record?.release !== undefined;
    // A release knows its source from its first stage on.
    if (released && record?.stage === undefined) continue;
    const source = sourceOf(deployments, deployment, record?.stage?.sourceId);
    const resolvedLoadBalancers = resolveLoadBalancers(
      loadBalancers,
      source === undefined ? undefined : of(source),
      released,
    );
    settled.set(revision.serviceRevisionArn, { ...revision, resolvedLoadBalancers });
  }
  return { of, settled: [...settled.values()] };
}

function sourceOf(
  deployments: readonly Deployment[],
  deployment: Deployment,
  sourceId: Deployment['id'] | undefined,
): Deployment | undefined {
  const older = olderOf(deployments).filter(
    ({ id, createdAt }) => id !== deployment.id && createdAt <= deployment.createdAt,
  );
  return older.find(({ id }) => id === sourceId) ?? older.findLast(isProven);
}
