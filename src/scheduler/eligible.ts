import type { ContainerInstanceArn } from '#model';
import { FilterChain } from './filters/chain.ts';
import type { HostPool } from './hosts/host-pool.ts';
import { passes } from './hosts/verdicts.ts';
import type { PlacementRequest } from './types.ts';

/** The hosts that such a task belongs on, and those of them that have none of its group. */
export interface EligibleHosts {
  readonly all: ReadonlySet<ContainerInstanceArn>;
  readonly vacant: number;
}

/**
 * Where one such task belongs by what the hosts are: ACTIVE, with its attributes, in its zones, within its constraints.
 * Whether a host has room, its agent is away for the moment, or it waits for critical daemons, does not matter; one that
 * waits for them is not vacant.
 */
export function eligibleHosts(pool: HostPool, request: PlacementRequest): EligibleHosts {
  pool.refresh();
  const chain = new FilterChain(request, pool.parse);
  const verdicts = pool.verdicts(chain.shape, (host) => chain.judgeRecord(host)?.stage);
  const all = new Set<ContainerInstanceArn>();
  let vacant = 0;
  for (const slot of pool.slots()) {
    const { status, agentConnected, lostAt, awaitsDaemons } = pool.instanceAt(slot);
    if (status !== 'ACTIVE' || lostAt !== undefined) continue;
    const host = pool.viewAt(slot);
    const { awaitsDaemons: _, ...standing } = host;
    const isEligible =
      agentConnected && awaitsDaemons === undefined
        ? verdicts.stage(slot, pool.viewAt) === passes
        : chain.judgeRecord({ ...standing, agentConnected: true }) === undefined;
    if (!isEligible) continue;
    all.add(host.arn);
    if (awaitsDaemons === undefined && (host.tasksByGroup.get(request.group) ?? 0) === 0) vacant += 1;
  }
  return { all, vacant };
}
