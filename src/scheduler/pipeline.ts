import type { Random } from '#base';
import type { ContainerInstanceArn } from '#model';
import { FilterChain, type Verdict } from './filters/chain.ts';
import { withTask } from './host-view.ts';
import { parseQuery, type Query } from './query/query.ts';
import { chooseSlot, scorersFor } from './scorers/ranking.ts';
import type { HostView, PlacementRequest, PlacementResult, Refusal } from './types.ts';

/** How expressions are parsed; give a QueryCache's `parse` to parse each only once. */
export type ParseQuery = (text: string) => Query;

/**
 * Places `request.count` equal tasks: hosts that fail a filter are out, the strategies narrow down the others, and what
 * is still equal is drawn. Each task counts at once, so that the next one finds what is really left. The same hosts,
 * request and seed give the same answer. For Fargate, `hosts` are those of the platform's pool.
 */
export function placeTasks(
  hosts: readonly HostView[],
  request: PlacementRequest,
  random: Random,
  parse: ParseQuery = parseQuery,
): PlacementResult {
  const filters = new FilterChain(request, parse);
  const slots = hosts.map((host): Slot => ({ host, verdict: filters.judge(host) }));
  const scorers = scorersFor(hosts, request);
  const open = [...slots.keys()].filter((slot) => slots[slot]?.verdict === undefined);
  const placed: ContainerInstanceArn[] = [];
  while (placed.length < request.count && open.length > 0) {
    const chosen = chooseSlot(open, scorers, random);
    const slot = slots[chosen];
    if (slot === undefined) break;
    placed.push(slot.host.arn);
    slot.host = withTask(slot.host, request.reserves, request.group);
    slot.verdict = filters.judgeAgain(slot.host);
    for (const scorer of scorers) scorer.placed(chosen, slot.host);
    if (slot.verdict !== undefined) open.splice(open.indexOf(chosen), 1);
  }
  return { placed, refusals: placed.length < request.count ? nearestFirst(slots) : [] };
}

/** Why one host does not take one such task; `undefined` when it does. StartTask names its hosts itself. */
export function refusalOf(
  host: HostView,
  request: PlacementRequest,
  parse: ParseQuery = parseQuery,
): Refusal | undefined {
  return new FilterChain(request, parse).judge(host)?.refusal;
}

interface Slot {
  host: HostView;
  verdict: Verdict | undefined;
}

/** The nearest match passed most filters; among those short of the same resource, it has most of it. */
function nearestFirst(slots: readonly Slot[]): PlacementResult['refusals'] {
  const refused = slots.flatMap(({ host, verdict }) => (verdict === undefined ? [] : [{ host, verdict }]));
  refused.sort((left, right) => {
    const byStage = right.verdict.stage - left.verdict.stage;
    return byStage === 0 ? leftOver(right.host, right.verdict) - leftOver(left.host, left.verdict) : byStage;
  });
  return refused.map(({ host, verdict }) => ({ host, refusal: verdict.refusal }));
}

function leftOver(host: HostView, { refusal }: Verdict): number {
  if (refusal.reason === 'RESOURCE:CPU') return host.freeCpuUnits;
  if (refusal.reason === 'RESOURCE:MEMORY') return host.freeMemoryMiB;
  return refusal.reason === 'RESOURCE:GPU' ? host.freeGpuCount : 0;
}
