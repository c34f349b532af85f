import { type RebalancingObstacle, rebalancingObstacle, type Service } from '#model';
import { invalidParameter } from '../errors.ts';

type Settings = Parameters<typeof rebalancingObstacle>[0];
type Rebalances = Service['availabilityZoneRebalancing'];

/**
 * Whether a new service is rebalanced: as it asks, or when it is one of those that may. InvalidParameterException when
 * it asks and may not. Source: CreateService in the API reference; that the default depends on the rest is observed.
 */
export function checkedRebalancing(asked: Rebalances | undefined, service: Settings): Rebalances {
  const obstacle = rebalancingObstacle(service);
  if (asked === undefined) return obstacle === undefined ? 'ENABLED' : 'DISABLED';
  if (asked === 'ENABLED' && obstacle !== undefined) throw refusal(obstacle, 'created');
  return asked;
}

/**
 * Refuses an update after which a service is to be rebalanced and may not be. What was so before and is not asked for
 * now stays: versions before rebalancing stored ENABLED for any service.
 */
export function requireRebalanceable(before: Service, after: Service, asked: Rebalances | undefined): void {
  if (after.availabilityZoneRebalancing === 'DISABLED') return;
  const obstacle = rebalancingObstacle(after);
  if (obstacle === undefined) return;
  const wasSo = before.availabilityZoneRebalancing === 'ENABLED' && rebalancingObstacle(before) !== undefined;
  if (asked === 'ENABLED' || !wasSo) throw refusal(obstacle, 'updated');
}

function refusal({ verb, what, setting }: RebalancingObstacle, done: 'created' | 'updated'): Error {
  return invalidParameter(
    `The service couldn't be ${done} because Availability Zone Rebalancing ${verb} ${what} as ${setting}. Update ${setting} and try again.`,
  );
}
