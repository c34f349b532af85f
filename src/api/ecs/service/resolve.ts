import type { Scope, Service } from '#model';
import type { RoadsteadView } from '#store';
import { resolveCluster } from '../cluster/resolve.ts';
import { serviceNotActive, serviceNotFound } from '../errors.ts';
import { serviceArnFrom } from '../references.ts';

/** A service that exists in any state; ServiceNotFoundException otherwise, ClusterNotFoundException before that. */
export function findService(
  view: RoadsteadView,
  scope: Scope,
  cluster: string | undefined,
  reference: string,
): Service {
  const arn = serviceArnFrom(scope, cluster, reference);
  const service = view.services.find(arn);
  if (service !== undefined) return service;
  if (!reference.startsWith('arn:')) resolveCluster(view, scope, cluster);
  throw serviceNotFound();
}

/** A service that is ACTIVE; ServiceNotActiveException for one that was deleted. */
export function activeService(
  view: RoadsteadView,
  scope: Scope,
  cluster: string | undefined,
  reference: string,
): Service {
  const service = findService(view, scope, cluster, reference);
  if (service.status !== 'ACTIVE') throw serviceNotActive();
  return service;
}
