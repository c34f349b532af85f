import type { TaskArn } from './arn.ts';
import type { Service, Trouble } from './service.ts';

/**
 * Availability Zone rebalancing that is under way, or that stopped before the service was balanced. `IN_PROGRESS`: it
 * moves tasks, or waits until the service is steady to move more. `STOPPED`: something is in its way; it goes on by
 * itself once that is gone.
 */
export interface Rebalancing {
  readonly state: 'IN_PROGRESS' | 'STOPPED';
  /** The tasks of its last move that are not yet made up for by a stop in a fuller zone. */
  readonly started: readonly TaskArn[];
  /** What the event stream was told of what is in its way, and what still is. */
  readonly troubles?: readonly Trouble[];
}

/** What keeps rebalancing from a service, as ECS words it: `does not support` or `only supports`, and the rest. */
export interface RebalancingObstacle {
  readonly verb: 'does not support' | 'only supports';
  readonly what: string;
  /** The setting it is about. */
  readonly setting: string;
}

const zone = 'attribute:ecs.availability-zone';

/**
 * Why Availability Zone rebalancing is not for services with these settings; `undefined` when it is. Source: "Balancing
 * an Amazon ECS service across Availability Zones" in the developer guide.
 */
export function rebalancingObstacle(
  service: Pick<
    Service,
    'schedulingStrategy' | 'launchType' | 'deploymentConfiguration' | 'placementStrategy' | 'placementConstraints'
  >,
): RebalancingObstacle | undefined {
  if (service.schedulingStrategy === 'DAEMON') return unsupported('DAEMON', 'scheduling strategy');
  if (service.launchType === 'EXTERNAL') return unsupported('EXTERNAL', 'launch type');
  if (service.deploymentConfiguration.maximumPercent <= 100) {
    return unsupported('maximumPercent <= 100 %', 'deployment configuration');
  }
  const [first] = service.placementStrategy;
  if (first !== undefined && !(first.type === 'spread' && isZone(first.field))) {
    return { verb: 'only supports', what: 'availability zone spread', setting: 'task placement strategy' };
  }
  const asksForZones = service.placementConstraints.some(
    (constraint) => constraint.type === 'memberOf' && constraint.expression.includes(zone),
  );
  return asksForZones ? unsupported(zone, 'task placement constraint') : undefined;
}

function unsupported(what: string, setting: string): RebalancingObstacle {
  return { verb: 'does not support', what, setting };
}

function isZone(field: string): boolean {
  return field === zone || `attribute:${field}` === zone;
}
