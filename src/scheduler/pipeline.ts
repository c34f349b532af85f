import type { Random } from '#base';
import type { ContainerInstanceArn } from '#model';
import { FilterChain } from './filters/chain.ts';
import type { HostPool } from './hosts/host-pool.ts';
import { parseQuery } from './query/query.ts';
import { nearestRefusals } from './refusals.ts';
import { Search } from './search.ts';
import type { HostView, PlacementRequest, PlacementResult, Refusal } from './types.ts';

/**
 * Places `request.count` equal tasks: hosts that a filter refuses are out, the strategies narrow down the others, and
 * what is still equal is drawn. Each task counts at once, so that the next one finds what is really left; once the
 * caller stores it, or anything else is asked of the pool, only what is stored counts. The same history of the pool,
 * request and seed give the same answer.
 */
export function placeTasks(pool: HostPool, request: PlacementRequest, random: Random): PlacementResult {
  pool.refresh();
  const chain = new FilterChain(pool.limitsInterfaces ? request : { ...request, interfaces: 0 }, pool.parse);
  const search = new Search(pool, request, chain, random);
  const placed: ContainerInstanceArn[] = [];
  const gpuIds: (readonly string[])[] = [];
  const { gpuCount } = request.reserves;
  while (placed.length < request.count) {
    const slot = search.next();
    if (slot === undefined) return { placed, gpuIds, ...nearestRefusals(pool, request, chain) };
    if (gpuCount > 0) gpuIds.push(pool.viewAt(slot).freeGpuIds.slice(0, gpuCount));
    pool.take(slot, request);
    search.placed(slot);
    placed.push(pool.arnAt(slot));
  }
  return { placed, gpuIds, refusals: [], refusedHosts: 0 };
}

/** Why one host does not take one such task; `undefined` when it does. StartTask names its hosts itself. */
export function refusalOf(host: HostView, request: PlacementRequest): Refusal | undefined {
  return new FilterChain(request, parseQuery).judge(host)?.refusal;
}
