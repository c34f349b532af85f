import { type LaunchType, latestPlatformVersion, type TaskDefinition } from '#model';
import { ApiError } from '#wire/aws';
import { invalidParameter, unsupportedFeature } from '../errors.ts';

interface ComputeInput {
  readonly launchType?: string | undefined;
  readonly capacityProviderStrategy?: readonly unknown[] | undefined;
  readonly platformVersion?: string | undefined;
}

/** The launch type a request asks for: EC2 when it names none, as in a cluster without a default strategy. */
export function checkedLaunchType(input: ComputeInput): LaunchType {
  if ((input.capacityProviderStrategy?.length ?? 0) > 0) {
    if (input.launchType !== undefined) {
      throw invalidParameter(
        'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
      );
    }
    throw unsupportedFeature(
      'Capacity provider strategies are not part of this version of Roadstead. Specify launchType FARGATE or EC2 instead.',
    );
  }
  switch (input.launchType) {
    case undefined:
    case 'EC2':
      return 'EC2';
    case 'FARGATE':
    case 'EXTERNAL':
      return input.launchType;
    case 'MANAGED_INSTANCES':
      throw unsupportedFeature(
        'Managed Instances are not part of this version of Roadstead. Specify launchType FARGATE or EC2 instead.',
      );
    default:
      throw invalidParameter('launch type should be one of [EC2,FARGATE,EXTERNAL]');
  }
}

/** The platform version a request asks for (`LATEST` when it names none); absent off Fargate. */
export function checkedPlatformVersion(launchType: LaunchType, given: string | undefined): string | undefined {
  if (launchType !== 'FARGATE') {
    if (given === undefined || given === '') return undefined;
    throw invalidParameter(`The platform version must be null when specifying an ${launchType} launch type.`);
  }
  if (given === undefined || given === '' || given === 'LATEST') return 'LATEST';
  if (given === latestPlatformVersion) return given;
  throw new ApiError('PlatformUnknownException', `The specified platform version ${given} does not exist.`);
}

/** The number behind a requested platform version. */
export function resolvedPlatformVersion(requested: string | undefined): string | undefined {
  return requested === 'LATEST' ? latestPlatformVersion : requested;
}

/** Refuses a definition that cannot run on the launch type. */
export function requireCompatible(definition: TaskDefinition, launchType: LaunchType): void {
  if (!definition.compatibilities.includes(launchType)) {
    throw invalidParameter(`Task definition does not support launch_type ${launchType}.`);
  }
}
