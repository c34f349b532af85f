import { cpuStage, type FilterChain, memoryStage } from './filters/chain.ts';
import type { HostPool } from './hosts/host-pool.ts';
import { passes } from './hosts/verdicts.ts';
import { maxFailures } from './limits.ts';
import type { PlacementRequest, PlacementResult } from './types.ts';

interface Ranked {
  readonly slot: number;
  readonly stage: number;
  readonly leftOver: number;
}

/**
 * Why each of the nearest hosts refuses. The nearest passed most filters; among those short of the same resource, it
 * has most of it. All hosts are ranked, by what is remembered of them; the chain finds words only for those named.
 */
export function nearestRefusals(
  pool: HostPool,
  request: PlacementRequest,
  chain: FilterChain,
): Pick<PlacementResult, 'refusals' | 'refusedHosts'> {
  const rank = ranking(pool, request, chain);
  const nearest: Ranked[] = [];
  for (const slot of pool.slots()) {
    const ranked = rank(slot);
    const last = nearest[maxFailures - 1];
    if (ranked === undefined || (last !== undefined && !isNearer(ranked, last))) continue;
    const index = nearest.findLastIndex((other) => !isNearer(ranked, other));
    nearest.splice(index + 1, 0, ranked);
    if (nearest.length > maxFailures) nearest.pop();
  }
  const refusals = nearest.flatMap(({ slot }) => {
    const host = pool.viewAt(slot);
    const verdict = chain.judge(host);
    return verdict === undefined ? [] : [{ host, refusal: verdict.refusal }];
  });
  return { refusals, refusedHosts: pool.size };
}

function isNearer(left: Ranked, right: Ranked): boolean {
  return left.stage === right.stage ? left.leftOver > right.leftOver : left.stage > right.stage;
}

function ranking(pool: HostPool, request: PlacementRequest, chain: FilterChain): (slot: number) => Ranked | undefined {
  const verdicts = pool.verdicts(chain.shape, (host) => chain.judgeRecord(host)?.stage);
  const [cpu, memory] = [pool.free('cpu'), pool.free('memory')];
  const { cpuUnits, memoryMiB } = request.reserves;
  return (slot) => {
    const byRecord = verdicts.stage(slot, pool.viewAt);
    // An ACTIVE instance is nearer than one that is leaving.
    if (byRecord < cpuStage)
      return { slot, stage: byRecord, leftOver: pool.instanceAt(slot).status === 'ACTIVE' ? 1 : 0 };
    const [cpuLeft, memoryLeft] = [cpu[slot] ?? 0, memory[slot] ?? 0];
    if (cpuUnits > cpuLeft) return { slot, stage: cpuStage, leftOver: cpuLeft };
    if (memoryMiB > memoryLeft) return { slot, stage: memoryStage, leftOver: memoryLeft };
    if (!chain.asksForTasks) return byRecord === passes ? undefined : { slot, stage: byRecord, leftOver: 0 };
    const host = pool.viewAt(slot);
    const verdict = chain.judge(host);
    if (verdict === undefined) return undefined;
    const { stage, refusal } = verdict;
    return { slot, stage, leftOver: refusal.reason === 'RESOURCE:GPU' ? host.freeGpuCount : 0 };
  };
}
