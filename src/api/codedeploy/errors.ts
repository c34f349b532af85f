import { ApiError } from '#wire/aws';

/** The errors of the CodeDeploy API, by AWS's names. Sentences with "found for name" and "already has" are observed. */

export function applicationNotFound(name: string): ApiError {
  return new ApiError('ApplicationDoesNotExistException', `No application found for name: ${name}`);
}

export function applicationExists(name: string): ApiError {
  return new ApiError('ApplicationAlreadyExistsException', `Application already exists: ${name}`);
}

export function groupNotFound(name: string): ApiError {
  return new ApiError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${name}`);
}

export function groupExists(name: string): ApiError {
  return new ApiError('DeploymentGroupAlreadyExistsException', `Deployment group name ${name} already exists`);
}

export function configNotFound(name: string): ApiError {
  return new ApiError('DeploymentConfigDoesNotExistException', `No Deployment Configuration found for name: ${name}`);
}

export function deploymentNotFound(id: string): ApiError {
  return new ApiError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
}

export function deploymentCompleted(id: string): ApiError {
  return new ApiError('DeploymentAlreadyCompletedException', `Deployment ${id} is already completed.`);
}

export function deploymentUnderWay(group: string, id: string): ApiError {
  const message = `The Deployment Group '${group}' already has an active Deployment '${id}'`;
  return new ApiError('DeploymentLimitExceededException', message);
}

export function targetNotFound(id: string): ApiError {
  return new ApiError('DeploymentTargetDoesNotExistException', `No deployment target found for id: ${id}`);
}

export function invalidRevision(message: string): ApiError {
  return new ApiError('InvalidRevisionException', message);
}

export function revisionNotFound(): ApiError {
  return new ApiError('RevisionDoesNotExistException', 'The application has no such revision.');
}

export function invalidInput(message: string): ApiError {
  return new ApiError('InvalidInputException', message);
}

export function invalidAlarms(message: string): ApiError {
  return new ApiError('InvalidAlarmConfigException', message);
}

export function invalidBlueGreen(message: string): ApiError {
  return new ApiError('InvalidBlueGreenDeploymentConfigurationException', message);
}

export function invalidService(message: string): ApiError {
  return new ApiError('InvalidECSServiceException', message);
}

export function invalidPair(message: string): ApiError {
  return new ApiError('InvalidTargetGroupPairException', message);
}

export function invalidBalancers(message: string): ApiError {
  return new ApiError('InvalidLoadBalancerInfoException', message);
}

export function invalidRouting(message: string): ApiError {
  return new ApiError('InvalidTrafficRoutingConfigurationException', message);
}

export function batchLimitExceeded(most: number): ApiError {
  return new ApiError('BatchLimitExceededException', `No more than ${most} can be named in one call.`);
}

export function onlyEcs(): ApiError {
  return new ApiError(
    'InvalidComputePlatformException',
    'Only the compute platform ECS is part of this version of Roadstead. Specify computePlatform ECS.',
  );
}
