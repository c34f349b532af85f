import { type LaunchType, latestPlatformVersion, type TaskDefinition } from '#model';
import { ApiError } from '#wire/aws';
import { invalidParameter } from '../errors.ts';

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
