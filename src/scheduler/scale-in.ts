import type { Instant, Random } from '#base';
import {
  attributeValue,
  type ContainerInstanceArn,
  type HealthStatus,
  type PlacementStrategy,
  type ReservedResources,
  type TaskStatus,
  taskStatusRank,
} from '#model';
import { defaultServiceStrategies } from './request.ts';
import { spreadAttribute } from './scorers/spread.ts';
import { type KindScores, StopOrder } from './stop-order.ts';
import type { HostView } from './types.ts';

/** A host by its ARN; `undefined` when it is gone. */
export type FindHost = (arn: ContainerInstanceArn) => HostView | undefined;

/** A task of the service. Those that must stay are given too, as protected: they count where tasks are evened out. */
export interface StopCandidate {
  readonly hostArn?: ContainerInstanceArn | undefined;
  readonly availabilityZone?: string | undefined;
  readonly lastStatus: TaskStatus;
  readonly healthStatus: HealthStatus;
  readonly protected?: boolean;
  readonly createdAt: Instant;
  readonly onDrainingHost: boolean;
  /** What stopping it gives back; `binpack` looks at it. */
  readonly reserves?: Pick<ReservedResources, 'cpuUnits' | 'memoryMiB'>;
}

/**
 * Which to stop, by position, at most `count`, in order. Protected ones never; first those on DRAINING instances, then unhealthy
 * ones, then those not yet RUNNING (newest first); among the others as the strategies say, read backwards: `spread`
 * takes from the fullest value, `binpack` from the instance that has most left afterwards. No strategies mean zones,
 * then instances; what is still equal is drawn. Hosts are asked for only when the strategies look at more than a task knows.
 * Source: "How Amazon ECS places tasks on container instances", task termination on scale-in.
 */
export function chooseTasksToStop(
  candidates: readonly StopCandidate[],
  count: number,
  strategies: readonly PlacementStrategy[],
  findHost: FindHost,
  random: Random,
): readonly number[] {
  const chain = strategies.length === 0 ? defaultServiceStrategies : strategies;
  const preferences = preferencesOf(candidates, chain, findHost);
  const chosen: number[] = [];
  for (const tier of tiersOf(candidates)) {
    const order = new StopOrder(tier, preferences);
    while (chosen.length < count) {
      const slot = order.next(random);
      if (slot === undefined) break;
      chosen.push(slot);
    }
  }
  return chosen;
}

/** The positions of those that may be stopped, in groups that go one after another. */
function tiersOf(candidates: readonly StopCandidate[]): number[][] {
  const byUrgency: number[][] = [[], [], [], []];
  for (const [slot, candidate] of candidates.entries()) {
    if (candidate.protected !== true) byUrgency[urgency(candidate)]?.push(slot);
  }
  const [others = [], starting = [], unhealthy = [], draining = []] = byUrgency;
  return [draining, unhealthy, ...newestFirst(starting, candidates), others];
}

/** Of those still starting, the newest has come least far; age says nothing about the others. */
function newestFirst(slots: readonly number[], candidates: readonly StopCandidate[]): Iterable<number[]> {
  const createdAt = (slot: number): Instant | undefined => candidates[slot]?.createdAt;
  return Map.groupBy(
    slots.toSorted((a, b) => (createdAt(b) ?? 0) - (createdAt(a) ?? 0)),
    createdAt,
  ).values();
}

function urgency(candidate: StopCandidate): number {
  if (candidate.onDrainingHost) return 3;
  if (candidate.healthStatus === 'UNHEALTHY') return 2;
  return isStarting(candidate) ? 1 : 0;
}

function isStarting(candidate: StopCandidate): boolean {
  return taskStatusRank(candidate.lastStatus) < taskStatusRank('RUNNING');
}

function preferencesOf(
  candidates: readonly StopCandidate[],
  strategies: readonly PlacementStrategy[],
  findHost: FindHost,
): readonly KindScores[] {
  const preferences: KindScores[] = [];
  for (const strategy of strategies) {
    if (strategy.type === 'random') break;
    if (strategy.type === 'spread') preferences.push(fromFullest(candidates, keyOf(strategy.field, findHost)));
    else preferences.push(toMostLeft(candidates, strategy.field, findHost));
  }
  return preferences;
}

/** A kind for each value. */
function fromFullest(
  candidates: readonly StopCandidate[],
  keyOf: (candidate: StopCandidate) => string | undefined,
): KindScores {
  const { kindOf, count } = kindsOf(candidates, keyOf);
  const scores = new Float64Array(count);
  const add = (slot: number, tasks: number): number => {
    const kind = kindOf[slot] ?? 0;
    scores[kind] = (scores[kind] ?? 0) - tasks;
    return kind;
  };
  for (let slot = 0; slot < candidates.length; slot++) add(slot, 1);
  return { kindOf, scores, stopped: (slot) => [add(slot, -1)] };
}

/** Numbers the different keys, and says which each candidate has. */
function kindsOf(
  candidates: readonly StopCandidate[],
  keyOf: (candidate: StopCandidate) => string | undefined,
): { readonly kindOf: Int32Array; readonly count: number } {
  const kinds = new Map<string | undefined, number>();
  const kindOf = new Int32Array(candidates.length);
  for (const [slot, candidate] of candidates.entries()) {
    const key = keyOf(candidate);
    const kind = kinds.get(key) ?? kinds.size;
    if (kind === kinds.size) kinds.set(key, kind);
    kindOf[slot] = kind;
  }
  return { kindOf, count: kinds.size };
}

function keyOf(field: string, findHost: FindHost): (candidate: StopCandidate) => string | undefined {
  const name = spreadAttribute(field);
  if (name === undefined) return (candidate) => candidate.hostArn;
  return (candidate) => {
    // The task remembers its zone, which outlives its host and is all that Fargate shows.
    if (name === 'ecs.availability-zone' && candidate.availabilityZone !== undefined) return candidate.availabilityZone;
    const host = candidate.hostArn === undefined ? undefined : findHost(candidate.hostArn);
    return host === undefined ? undefined : attributeValue(host, name);
  };
}

/** A kind for each size of task on each host; those of one host change together. */
function toMostLeft(candidates: readonly StopCandidate[], field: 'cpu' | 'memory', findHost: FindHost): KindScores {
  const takes = ({ reserves }: StopCandidate): number =>
    (field === 'cpu' ? reserves?.cpuUnits : reserves?.memoryMiB) ?? 0;
  const { kindOf, count } = kindsOf(candidates, (candidate) => `${candidate.hostArn}/${takes(candidate)}`);
  const scores = new Float64Array(count);
  const kindsAt = new Map<ContainerInstanceArn, Set<number>>();
  let numbered = 0;
  for (const [slot, candidate] of candidates.entries()) {
    const kind = kindOf[slot] ?? 0;
    // The first of a kind stands for all of it: kinds are numbered in the order they are met.
    if (kind < numbered) continue;
    numbered = kind + 1;
    const host = candidate.hostArn === undefined ? undefined : findHost(candidate.hostArn);
    if (host === undefined) continue;
    scores[kind] = -((field === 'cpu' ? host.freeCpuUnits : host.freeMemoryMiB) + takes(candidate));
    kindsAt.set(host.arn, (kindsAt.get(host.arn) ?? new Set()).add(kind));
  }
  return {
    kindOf,
    scores,
    stopped: (slot) => {
      const candidate = candidates[slot];
      const kinds = candidate?.hostArn === undefined ? undefined : kindsAt.get(candidate.hostArn);
      if (candidate === undefined || kinds === undefined) return [];
      for (const kind of kinds) scores[kind] = (scores[kind] ?? 0) - takes(candidate);
      return kinds;
    },
  };
}
