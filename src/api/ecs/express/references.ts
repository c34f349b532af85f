import { type ExpressService, type Scope, type Service, type ServiceArn, serviceArn } from '#model';
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

export type FoundExpress = Service & { readonly express: ExpressService };

/** The service that a full ARN names. InvalidParameterException for anything else. */
export function expressServiceFrom(scope: Scope, reference: string): ExpressReference {
  const invalid = (): string => 'Invalid service ARN.';
  const [clusterName = '', serviceName = '', ...more] = ownArn(scope, reference, 'service', invalid).path;
  if (clusterName === '' || serviceName === '' || more.length > 0) throw invalidParameter(invalid());
  return { serviceArn: serviceArn(scope, clusterName, serviceName), clusterName, serviceName };
}

/**
 * The Express service, to change it: ClusterNotFoundException, ServiceNotFoundException or ServiceNotActiveException when
 * there is none; InvalidParameterException for a service of another kind, naming the operation it needs.
 */
export function activeExpress(
  view: RoadsteadView,
  scope: Scope,
  { serviceArn: arn, clusterName, serviceName }: ExpressReference,
  instead: string,
): FoundExpress {
  resolveCluster(view, scope, clusterName);
  const service = view.services.find(arn);
  if (service === undefined) throw serviceNotFound();
  if (service.status !== 'ACTIVE') throw serviceNotActive();
  if (isExpress(service)) return service;
  throw invalidParameter(`The service ${serviceName} is not an Express service. Use ${instead}.`);
}

/** The Express service, to read it, in whatever status. ResourceNotFoundException when there is none. */
export function findExpress(view: RoadsteadView, scope: Scope, reference: ExpressReference): FoundExpress {
  resolveCluster(view, scope, reference.clusterName);
  const service = view.services.find(reference.serviceArn);
  if (service !== undefined && isExpress(service)) return service;
  throw new ApiError('ResourceNotFoundException', `The specified resource could not be found: ${reference.serviceArn}`);
}

function isExpress(service: Service): service is FoundExpress {
  return service.express !== undefined;
}
