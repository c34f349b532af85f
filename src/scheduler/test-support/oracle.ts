import { attributeValue, type PlacementStrategy } from '#model';
import { FilterChain } from '../filters/chain.ts';
import { withTasks } from '../host-view.ts';
import { parseQuery } from '../query/query.ts';
import type { HostView, PlacementRequest } from '../types.ts';

/** Placement by its definition: every host is asked by every filter, and those left are narrowed down preference by preference. */
export function bestHosts(hosts: readonly HostView[], request: PlacementRequest): readonly HostView[] {
  const chain = new FilterChain(request, parseQuery);
  let best = hosts.filter((host) => chain.judge(host) === undefined);
  for (const score of preferences(hosts, request)) {
    const least = Math.min(...best.map(score));
    best = best.filter((host) => score(host) === least);
  }
  return best;
}

/** The hosts once one of them has taken a task. */
export function afterTask(hosts: readonly HostView[], arn: string, request: PlacementRequest): readonly HostView[] {
  return hosts.map((host) => (host.arn === arn ? withTasks(host, request, 1) : host));
}

type Score = (host: HostView) => number;

function preferences(hosts: readonly HostView[], request: PlacementRequest): readonly Score[] {
  if (request.launchType === 'FARGATE') return fargatePreferences(hosts, request);
  const end = request.strategies.findIndex(({ type }) => type === 'random');
  const strategies = end < 0 ? request.strategies : request.strategies.slice(0, end);
  return strategies.map((strategy) => strategyScore(hosts, request, strategy));
}

function strategyScore(hosts: readonly HostView[], request: PlacementRequest, strategy: PlacementStrategy): Score {
  if (strategy.type === 'random') return () => 0;
  if (strategy.type === 'binpack') {
    return strategy.field === 'cpu' ? (host) => host.freeCpuUnits : (host) => host.freeMemoryMiB;
  }
  const name = strategy.field.replace(/^attribute:/, '');
  return tasksWithSame(hosts, request, (host) =>
    name === 'instanceId' || name === 'host' ? host.arn : attributeValue(host, name),
  );
}

function tasksWithSame(
  hosts: readonly HostView[],
  { group }: PlacementRequest,
  keyOf: (host: HostView) => string | undefined,
): Score {
  return (host) =>
    hosts
      .filter((other) => keyOf(other) === keyOf(host))
      .reduce((sum, other) => sum + (other.tasksByGroup.get(group) ?? 0), 0);
}

function fargatePreferences(hosts: readonly HostView[], request: PlacementRequest): readonly Score[] {
  const letterOf = (host: HostView): string => host.availabilityZone.slice(-1);
  const letters = request.zones?.map((zone) => zone.slice(-1));
  const { cpuUnits, memoryMiB } = request.reserves;
  return [
    (host) => (letters === undefined || letters.includes(letterOf(host)) ? 0 : 1),
    tasksWithSame(hosts, request, letterOf),
    (host) => -Math.min(host.freeCpuUnits / Math.max(1, cpuUnits), host.freeMemoryMiB / Math.max(1, memoryMiB)),
  ];
}
