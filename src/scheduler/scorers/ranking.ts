import { integerBelow, type Random } from '#base';
import type { HostView, PlacementRequest } from '../types.ts';
import { Binpack } from './binpack.ts';
import { InZones, MostRoom, zoneLetter } from './fargate.ts';
import type { Scorer } from './scorer.ts';
import { Spread, spreadKeyOf } from './spread.ts';

/** The scorers of a request, first counts first. */
export function scorersFor(hosts: readonly HostView[], request: PlacementRequest): readonly Scorer[] {
  return request.launchType === 'FARGATE' ? fargateScorers(hosts, request) : strategyScorers(hosts, request);
}

/** `random` takes any candidate and so leaves nothing for later strategies to choose. */
function strategyScorers(hosts: readonly HostView[], request: PlacementRequest): readonly Scorer[] {
  const scorers: Scorer[] = [];
  for (const strategy of request.strategies) {
    if (strategy.type === 'random') break;
    if (strategy.type === 'binpack') scorers.push(new Binpack(hosts, strategy.field));
    else scorers.push(new Spread(hosts, request.group, spreadKeyOf(strategy.field)));
  }
  return scorers;
}

/** Fargate takes no strategies: its own are the subnets' zones, evenly, and there the host with most room. */
function fargateScorers(hosts: readonly HostView[], request: PlacementRequest): readonly Scorer[] {
  return [
    ...(request.zones === undefined ? [] : [new InZones(hosts, request.zones)]),
    new Spread(hosts, request.group, (host) => zoneLetter(host.availabilityZone)),
    new MostRoom(hosts, request.reserves),
  ];
}

/** The part of a scorer that choosing needs. */
export type Scores = Pick<Scorer, 'score'>;

/** The best of the slots, of which there is at least one; among equals any. One pass, as this is the inner loop. */
export function chooseSlot(slots: readonly number[], scorers: readonly Scores[], random: Random): number {
  if (scorers.length === 0) return slots[integerBelow(random, slots.length)] ?? 0;
  const lead = scorers.map(() => Infinity);
  const best: number[] = [];
  for (const slot of slots) {
    const order = challenge(slot, scorers, lead);
    if (order > 0) continue;
    if (order < 0) best.length = 0;
    best.push(slot);
  }
  return best[best.length === 1 ? 0 : integerBelow(random, best.length)] ?? 0;
}

/** Compares a slot with the lead, first scorer first: below 0 it takes the lead, at 0 it shares it. */
function challenge(slot: number, scorers: readonly Scores[], lead: number[]): number {
  for (let index = 0; index < scorers.length; index++) {
    const score = scorers[index]?.score(slot) ?? 0;
    const leading = lead[index] ?? 0;
    if (score > leading) return 1;
    if (score === leading) continue;
    for (let rest = index; rest < scorers.length; rest++) lead[rest] = scorers[rest]?.score(slot) ?? 0;
    return -1;
  }
  return 0;
}
