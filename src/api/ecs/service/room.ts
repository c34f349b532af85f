import type { Cluster, Service, ServiceArn } from '#model';
import type { RoadsteadTx } from '#store';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';

/** The service itself when this very request made it before; an error when the name is taken; else nothing. */
export function requireNameFree(
  tx: RoadsteadTx,
  arn: ServiceArn,
  record: Pick<Service, 'clientToken' | 'requestDigest'>,
): Service | undefined {
  const existing = tx.services.find(arn);
  if (existing === undefined) return undefined;
  // What was made for an Express service is taken away first.
  const leaves =
    existing.status === 'DRAINING' || (existing.status === 'INACTIVE' && existing.express?.resources !== undefined);
  if (leaves) throw invalidParameter('Unable to Start a service that is still Draining.');
  if (existing.status === 'INACTIVE') return undefined;
  const sameToken = record.clientToken !== undefined && record.clientToken === existing.clientToken;
  if (sameToken && record.requestDigest === existing.requestDigest) return existing;
  throw invalidParameter('Creation of service was not idempotent.');
}

/** InvalidParameterException when the cluster can have no more services. */
export function requireServiceQuota(tx: RoadsteadTx, cluster: Cluster, ctx: OperationContext): void {
  const most = ctx.settings.quotas.servicesPerCluster;
  if (tx.services.count('cluster', cluster.clusterArn) < most) return;
  // Deleted ones are shown for a while and do not count.
  let living = 0;
  for (const { status } of tx.services.by('cluster', cluster.clusterArn)) if (status !== 'INACTIVE') living++;
  if (living < most) return;
  throw new ApiError('InvalidParameterException', 'The maximum number of services per cluster has been reached.');
}
