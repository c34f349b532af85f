import type { Scope, ServiceDeployment } from '#model';
import type { RoadsteadView } from '#store';
import { serviceDeploymentNotFound } from '../errors.ts';
import { serviceDeploymentArnFrom } from '../references.ts';

/** A service deployment that there is; ServiceDeploymentNotFoundException otherwise. */
export function findServiceDeployment(view: RoadsteadView, scope: Scope, reference: string): ServiceDeployment {
  const found = view.serviceDeployments.find(serviceDeploymentArnFrom(scope, reference));
  if (found === undefined) throw serviceDeploymentNotFound();
  return found;
}
