import { type Deployment, primaryDeployment, rebalancingObstacle, type Service, type Task } from '#model';
import { type DeploymentTally, emptyTally, type ServiceTally } from '../tally.ts';

/** How many tasks of the newest deployment are a move's surplus, which the ordinary plan is to leave alone. */
export interface Spared {
  readonly starting: number;
  readonly healthy: number;
}

const none: Spared = { starting: 0, healthy: 0 };

/** Whether zones are looked at: the service wants it, and it is one of those that may. */
export function isWatched(service: Service): boolean {
  return service.availabilityZoneRebalancing === 'ENABLED' && rebalancingObstacle(service) === undefined;
}

/** Whether one deployment has the service to itself, and is over and done. */
export function isDeployed(deployments: readonly Deployment[]): boolean {
  return deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED';
}

/** The started tasks of a move that are there, and how many tasks are above the desired count because of them. */
export function surplusOf(
  service: Service,
  own: DeploymentTally,
): { readonly tasks: readonly Task[]; readonly count: number } {
  const started = new Set(service.rebalancing?.started);
  const tasks = [...own.starting, ...own.healthy].filter(({ taskArn }) => started.has(taskArn));
  const above = own.healthy.length + own.starting.length - service.desiredCount;
  return { tasks, count: Math.max(0, Math.min(tasks.length, above)) };
}

export function sparedOf(service: Service, deployments: readonly Deployment[], tally: ServiceTally): Spared {
  const { rebalancing } = service;
  if (rebalancing === undefined || rebalancing.started.length === 0) return none;
  if (!isWatched(service) || !isDeployed(deployments)) return none;
  const primary = primaryDeployment({ deployments });
  const own = (primary === undefined ? undefined : tally.byDeployment.get(primary.id)) ?? emptyTally;
  const { tasks, count } = surplusOf(service, own);
  const starting = own.starting.filter((task) => tasks.includes(task)).length;
  return { starting: Math.min(starting, count), healthy: count - Math.min(starting, count) };
}
