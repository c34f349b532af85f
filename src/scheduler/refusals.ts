import { cpuStage, type FilterChain, memoryStage, providerStage } from './filters/chain.ts';
import type { HostPool } from './hosts/host-pool.ts';
import { passes } from './hosts/verdicts.ts';
import { maxFailures } from './limits.ts';
import type { PlacementRequest, PlacementResult } from './types.ts';

/**
 * Why each of the nearest hosts refuses. The nearest passed most filters; among those short of the same resource, it
 * has most of it. All hosts are ranked, by what is remembered of them; the chain finds words only for those named.
 */
export function nearestRefusals(
  pool: HostPool,
  request: PlacementRequest,
  chain: FilterChain,
): Pick<PlacementResult, 'refusals' | 'refusedHosts'> {
  const nearnessOf = nearness(pool, request, chain);
  const nearest: { readonly slot: number; readonly near: number }[] = [];
  let least = -1;
  let refusedHosts = 0;
  for (const slot of pool.slots()) {
    const near = nearnessOf(slot);
    if (near === none) continue;
    refusedHosts++;
    if (near <= least) continue;
    const index = nearest.findLastIndex((other) => other.near >= near);
    nearest.splice(index + 1, 0, { slot, near });
    if (nearest.length > maxFailures) nearest.pop();
    if (nearest.length === maxFailures) least = nearest.at(-1)?.near ?? -1;
  }
  const refusals = nearest.flatMap(({ slot }) => {
    const host = pool.viewAt(slot);
    const verdict = chain.judge(host);
    return verdict === undefined ? [] : [{ host, refusal: verdict.refusal }];
  });
  return { refusals, refusedHosts };
}

/** Of a host that could never be asked. */
const none = Number.NEGATIVE_INFINITY;

/** More than there ever is of a resource, so that the stage counts first. */
const stageWeight = 2 ** 40;

function nearness(pool: HostPool, request: PlacementRequest, chain: FilterChain): (slot: number) => number {
  const verdicts = pool.verdicts(chain.shape, (host) => chain.judgeRecord(host)?.stage);
  const [cpu, memory] = [pool.free('cpu'), pool.free('memory')];
  const { cpuUnits, memoryMiB } = request.reserves;
  return (slot) => {
    const byRecord = verdicts.stage(slot, pool.viewAt);
    if (byRecord === providerStage) return none;
    if (byRecord < cpuStage) {
      // An ACTIVE instance is nearer than one that is leaving.
      return byRecord * stageWeight + (pool.instanceAt(slot).status === 'ACTIVE' ? 1 : 0);
    }
    const [cpuLeft = 0, memoryLeft = 0] = [cpu[slot], memory[slot]];
    if (cpuUnits > cpuLeft) return cpuStage * stageWeight + cpuLeft;
    if (memoryMiB > memoryLeft) return memoryStage * stageWeight + memoryLeft;
    if (!chain.asksForTasks) return byRecord * stageWeight;
    const host = pool.viewAt(slot);
    const verdict = chain.judge(host);
    if (verdict === undefined) return passes * stageWeight;
    return verdict.stage * stageWeight + (verdict.refusal.reason === 'RESOURCE:GPU' ? host.freeGpuIds.length : 0);
  };
}
