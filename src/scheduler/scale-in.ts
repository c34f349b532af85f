import type { Instant, Random } from '#base';
import {
  attributeValue,
  type ContainerInstanceArn,
  type HealthStatus,
  type PlacementStrategy,
  type ReservedResources,
  type TaskArn,
  type TaskStatus,
  taskStatusRank,
} from '#model';
import { defaultServiceStrategies } from './request.ts';
import { Contest, type Scores } from './scorers/ranking.ts';
import { spreadAttribute } from './scorers/spread.ts';
import type { HostView } from './types.ts';

/** A host by its ARN; `undefined` when it is gone. */
export type FindHost = (arn: ContainerInstanceArn) => HostView | undefined;

/** A task of the service. Those that must stay are given too, as protected: they count where tasks are evened out. */
export interface StopCandidate {
  readonly taskArn: TaskArn;
  readonly hostArn?: ContainerInstanceArn;
  readonly availabilityZone?: string;
  readonly lastStatus: TaskStatus;
  readonly healthStatus: HealthStatus;
  readonly protected?: boolean;
  readonly createdAt: Instant;
  readonly onDrainingHost: boolean;
  /** What stopping it gives back; `binpack` looks at it. */
  readonly reserves?: Pick<ReservedResources, 'cpuUnits' | 'memoryMiB'>;
}

/**
 * The tasks to stop, at most `count`, in order. Protected ones never; first those on DRAINING instances, then unhealthy
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
): readonly TaskArn[] {
  const preferences = preferencesOf(
    candidates,
    strategies.length === 0 ? defaultServiceStrategies : strategies,
    findHost,
  );
  const chosen: TaskArn[] = [];
  for (const tier of tiersOf(candidates)) {
    while (chosen.length < count && tier.length > 0) {
      const contest = new Contest(preferences);
      for (const slot of tier) contest.enter(slot);
      const next = contest.winner(random) ?? 0;
      tier.splice(tier.indexOf(next), 1);
      for (const preference of preferences) preference.stopped(next);
      const candidate = candidates[next];
      if (candidate !== undefined) chosen.push(candidate.taskArn);
    }
  }
  return chosen;
}

/** The positions of those that may be stopped, in groups that go one after another. */
function tiersOf(candidates: readonly StopCandidate[]): number[][] {
  const ranked = candidates
    .map((candidate, slot) => ({ slot, candidate, urgency: urgency(candidate), youth: youth(candidate) }))
    .filter(({ candidate }) => candidate.protected !== true)
    .sort((left, right) => right.urgency - left.urgency || right.youth - left.youth);
  return [...Map.groupBy(ranked, ({ urgency, youth }) => `${urgency}/${youth}`).values()].map((tier) =>
    tier.map(({ slot }) => slot),
  );
}

function urgency(candidate: StopCandidate): number {
  if (candidate.onDrainingHost) return 3;
  if (candidate.healthStatus === 'UNHEALTHY') return 2;
  return isStarting(candidate) ? 1 : 0;
}

/** Of those still starting, the newest has come least far; age says nothing about the others. */
function youth(candidate: StopCandidate): number {
  return urgency(candidate) === 1 ? candidate.createdAt : 0;
}

function isStarting(candidate: StopCandidate): boolean {
  return taskStatusRank(candidate.lastStatus) < taskStatusRank('RUNNING');
}

/** Which of the candidates, known by position, to stop first: the lowest score. */
interface Preference extends Scores {
  stopped(slot: number): void;
}

function preferencesOf(
  candidates: readonly StopCandidate[],
  strategies: readonly PlacementStrategy[],
  findHost: FindHost,
): readonly Preference[] {
  const preferences: Preference[] = [];
  for (const strategy of strategies) {
    if (strategy.type === 'random') break;
    if (strategy.type === 'spread') preferences.push(fromFullest(candidates, keyOf(strategy.field, findHost)));
    else preferences.push(toMostLeft(candidates, strategy.field, findHost));
  }
  return preferences;
}

function fromFullest(
  candidates: readonly StopCandidate[],
  keyOf: (candidate: StopCandidate) => string | undefined,
): Preference {
  const buckets = new Map<string | undefined, { tasks: number }>();
  const bucketOf = candidates.map((candidate) => {
    const key = keyOf(candidate);
    const bucket = buckets.get(key) ?? { tasks: 0 };
    bucket.tasks += 1;
    buckets.set(key, bucket);
    return bucket;
  });
  return {
    score: (slot) => -(bucketOf[slot]?.tasks ?? 0),
    stopped: (slot) => {
      const bucket = bucketOf[slot];
      if (bucket !== undefined) bucket.tasks -= 1;
    },
  };
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

function toMostLeft(candidates: readonly StopCandidate[], field: 'cpu' | 'memory', findHost: FindHost): Preference {
  const free = new Map<ContainerInstanceArn, { units: number }>();
  for (const hostArn of new Set(candidates.flatMap((candidate) => candidate.hostArn ?? []))) {
    const host = findHost(hostArn);
    if (host !== undefined) free.set(hostArn, { units: field === 'cpu' ? host.freeCpuUnits : host.freeMemoryMiB });
  }
  const places = candidates.map(({ hostArn, reserves }) => ({
    free: hostArn === undefined ? undefined : free.get(hostArn),
    takes: (field === 'cpu' ? reserves?.cpuUnits : reserves?.memoryMiB) ?? 0,
  }));
  return {
    score: (slot) => {
      const place = places[slot];
      return place?.free === undefined ? 0 : -(place.free.units + place.takes);
    },
    stopped: (slot) => {
      const place = places[slot];
      if (place?.free !== undefined) place.free.units += place.takes;
    },
  };
}
