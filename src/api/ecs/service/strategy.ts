import { type CapacityProviderStrategyItem, clusterNameOf, type Service } from '#model';
import type { RoadsteadView } from '#store';
import { invalidParameter } from '../errors.ts';
import { computeFor } from '../task/compute.ts';

/**
 * The service with another strategy; an empty one leaves it to its launch type. A change needs a new deployment, and
 * the kind of capacity, Auto Scaling groups or Fargate, stays.
 */
export function withStrategy(
  view: RoadsteadView,
  service: Service,
  strategy: readonly CapacityProviderStrategyItem[],
  { force }: { readonly force: boolean },
): Service {
  const { capacityProviderStrategy: current = [], ...rest } = service;
  if (JSON.stringify(current) === JSON.stringify(strategy)) return service;
  if (!force) {
    throw invalidParameter(
      'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
    );
  }
  if (strategy.length === 0) return rest;
  const { launchType } = computeFor(view.clusters.get(service.clusterArn), { strategy });
  if (launchType !== service.launchType) {
    throw invalidParameter(
      `The service ${service.serviceName} of cluster ${clusterNameOf(service.serviceArn)} runs on ${service.launchType}. A capacity provider strategy with providers of another kind cannot be set; create another service for it.`,
    );
  }
  return { ...rest, capacityProviderStrategy: strategy };
}
