import { scopeKey } from '#model';
import type { RoadsteadTx } from '#store';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../../operation.ts';

/** LimitExceededException when the account can have no more clusters in the region; deleted ones do not count. */
export function requireClusterQuota(tx: RoadsteadTx, { scope, settings }: OperationContext): void {
  const most = settings.quotas.clustersPerAccount;
  if (tx.clusters.count('scope', scopeKey(scope)) < most) return;
  let living = 0;
  for (const { status } of tx.clusters.by('scope', scopeKey(scope))) if (status !== 'INACTIVE') living++;
  if (living >= most) throw new ApiError('LimitExceededException', 'The maximum number of clusters has been reached.');
}
