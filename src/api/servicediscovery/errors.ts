import { type DiscoveryNamespace, type DiscoveryService, discoveryServiceArn } from '#model';
import { ApiError } from '#wire/aws';
import { limits } from './limits.ts';

/** The errors of the Cloud Map API. The sentences of ResourceInUse are observed; AWS documents none of them. */

export function invalidInput(message: string): ApiError {
  return new ApiError('InvalidInput', message);
}

export function namespaceNotFound(reference: string): ApiError {
  return new ApiError('NamespaceNotFound', `The namespace ${reference} does not exist.`);
}

export function serviceNotFound(reference: string): ApiError {
  return new ApiError('ServiceNotFound', `The service ${reference} does not exist.`);
}

export function instanceNotFound(instanceId: string): ApiError {
  return new ApiError('InstanceNotFound', `The instance ${instanceId} does not exist.`);
}

export function resourceNotFound(arn: string): ApiError {
  return new ApiError('ResourceNotFoundException', `The resource ${arn} does not exist.`);
}

export function resourceInUse(message: string): ApiError {
  return new ApiError('ResourceInUse', message);
}

export function limitExceeded(message: string): ApiError {
  return new ApiError('ResourceLimitExceeded', message);
}

export function tooManyTags(arn: string, most: number): ApiError {
  const members = { ResourceName: arn };
  return new ApiError('TooManyTagsException', `The resource can have no more than ${most} tags.`, { members });
}

export function namespaceExists({ name, namespaceId, creatorRequestId }: DiscoveryNamespace): ApiError {
  const members = {
    NamespaceId: namespaceId,
    ...(creatorRequestId === undefined ? {} : { CreatorRequestId: creatorRequestId }),
  };
  return new ApiError('NamespaceAlreadyExists', `Namespace with name ${name} already exists: ${namespaceId}`, {
    members,
  });
}

export function serviceExists(service: DiscoveryService): ApiError {
  const { serviceId, creatorRequestId } = service;
  const members = {
    ServiceId: serviceId,
    ServiceArn: discoveryServiceArn(service, serviceId),
    ...(creatorRequestId === undefined ? {} : { CreatorRequestId: creatorRequestId }),
  };
  return new ApiError('ServiceAlreadyExists', 'Service already exists.', { members });
}

export function duplicateRequest(operationId: string): ApiError {
  const members = { DuplicateOperationId: operationId };
  return new ApiError('DuplicateRequest', `Another request is in progress (operation id: ${operationId})`, { members });
}

export function tooManyServiceAttributes(): ApiError {
  const message = `A service can have no more than ${limits.serviceAttributes} attributes.`;
  return new ApiError('ServiceAttributesLimitExceededException', message);
}
