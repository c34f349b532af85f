import { type Scope, type ServiceArn, serviceArn } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { resolveCluster } from '../cluster/resolve.ts';
import { invalidParameter, serviceNotActive, serviceNotFound } from '../errors.ts';
import { ownArn } from '../references.ts';

export interface ExpressReference {
  readonly serviceArn: ServiceArn;
  readonly clusterName: string;
  readonly serviceName: string;
}

/** The service that a full ARN names. InvalidParameterException for anything else. */
export function expressServiceFrom(scope: Scope, reference: string): ExpressReference {
  const invalid = (): string => 'Invalid service ARN.';
  const [clusterName = '', serviceName = '', ...more] = ownArn(scope, reference, 'service', invalid).path;
  if (clusterName === '' || serviceName === '' || more.length > 0) throw invalidParameter(invalid());
  return { serviceArn: serviceArn(scope, clusterName, serviceName), clusterName, serviceName };
}

/**
 * Why there is no such Express service to change: ClusterNotFoundException, ServiceNotFoundException or
 * ServiceNotActiveException; InvalidParameterException for a service of another kind, naming the operation it needs.
 */
export function expressRefusal(
  view: RoadsteadView,
  scope: Scope,
  { serviceArn: arn, clusterName, serviceName }: ExpressReference,
  instead: string,
): ApiError {
  resolveCluster(view, scope, clusterName);
  const service = view.services.find(arn);
  if (service === undefined) return serviceNotFound();
  if (service.status !== 'ACTIVE') return serviceNotActive();
  return invalidParameter(`The service ${serviceName} is not an Express service. Use ${instead}.`);
}

/** The same for reads, which ECS answers with another exception. */
export function expressNotFound(view: RoadsteadView, scope: Scope, reference: ExpressReference): ApiError {
  resolveCluster(view, scope, reference.clusterName);
  return new ApiError(
    'ResourceNotFoundException',
    `The specified resource could not be found: ${reference.serviceArn}`,
  );
}
