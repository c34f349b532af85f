import { ApiError } from '#wire/aws';

/** The errors of the ECS API that more than one operation throws, with AWS's sentences. */

export function clientError(message: string): ApiError {
  return new ApiError('ClientException', message);
}

export function invalidParameter(message: string): ApiError {
  return new ApiError('InvalidParameterException', message);
}

/** A feature that AWS has and this version of Roadstead does not; the sentence names the missing part. */
export function unsupportedFeature(message: string): ApiError {
  return new ApiError('UnsupportedFeatureException', message);
}

export function clusterNotFound(): ApiError {
  return new ApiError('ClusterNotFoundException', 'Cluster not found.');
}

export function clusterInactive(): ApiError {
  return new ApiError('ClusterNotFoundException', 'The referenced cluster was inactive.');
}

export function namespaceNotFound(reference: string): ApiError {
  return new ApiError('NamespaceNotFoundException', `Namespace not found: ${reference}`);
}

export function serviceNotFound(): ApiError {
  return new ApiError('ServiceNotFoundException', 'Service not found.');
}

export function serviceDeploymentNotFound(): ApiError {
  return new ApiError('ServiceDeploymentNotFoundException', 'Service deployment not found.');
}

export function serviceNotActive(): ApiError {
  return new ApiError('ServiceNotActiveException', 'Service was not ACTIVE.');
}

export function accountMismatch(): ApiError {
  return invalidParameter('AccountIDs mismatch');
}

export function regionMismatch(): ApiError {
  return invalidParameter('Region mismatch');
}
