import type { Scope } from '#model';
import type { RoadsteadView } from '#store';
import type { ApiError } from '#wire/aws';
import { findDaemonTaskDefinition, parseDaemonReference } from '../daemon-task-definition/resolve.ts';
import { clientError, invalidParameter, unsupportedFeature } from '../errors.ts';
import { ownArn, unexpectedArn } from '../references.ts';
import type { TaskDefinitionReference } from '../task-definition/resolve.ts';
import { firstRepeated } from '../task-definition/rules/rule.ts';

/** A daemon's name: 1 to 255 letters, digits, hyphens and underscores. */
export function checkedDaemonName(name: string): string {
  if (!/^[a-zA-Z0-9\-_]{1,255}$/.test(name)) {
    throw invalidParameter(`DaemonName must match ^[a-zA-Z0-9\\-_]{1,255}$, but was ${name}`);
  }
  return name;
}

export interface DaemonSettings {
  readonly definition: TaskDefinitionReference;
  /** Names of capacity providers. */
  readonly providers: readonly string[];
}

interface SettingsInput {
  readonly daemonTaskDefinitionArn: string;
  readonly capacityProviderArns: readonly string[];
  readonly deploymentConfiguration?: DeploymentInput | undefined;
}

interface DeploymentInput {
  readonly drainPercent?: number | undefined;
  readonly bakeTimeInMinutes?: number | undefined;
  readonly alarms?:
    | { readonly alarmNames?: readonly string[] | undefined; readonly enable?: boolean | undefined }
    | undefined;
}

/** What CreateDaemon and UpdateDaemon have in common, checked without state. InvalidParameterException. */
export function checkedDaemonSettings(scope: Scope, input: SettingsInput): DaemonSettings {
  if (input.daemonTaskDefinitionArn === '') throw invalidParameter('DaemonTaskDefinition can not be blank.');
  const definition = parseDaemonReference(scope, input.daemonTaskDefinitionArn);
  if (input.capacityProviderArns.length === 0) throw invalidParameter('Capacity Provider Arns cannot be empty.');
  const providers = providerNames(scope, input.capacityProviderArns);
  checkDeployment(input.deploymentConfiguration ?? {});
  return { definition, providers };
}

/** The names in the ARNs of capacity providers, each once. */
export function providerNames(scope: Scope, arns: readonly string[]): readonly string[] {
  const names = arns.map((arn) => ownArn(scope, arn, 'capacity-provider', unexpectedArn).path.join('/'));
  const repeated = firstRepeated(names);
  if (repeated !== undefined) throw invalidParameter(`Duplicate capacity provider found: ${repeated}`);
  return names;
}

const maxBakeTimeInMinutes = 1440;

/** DaemonDeploymentConfiguration: percentages, a day of baking at most, and alarms that are named when they count. */
function checkDeployment({ drainPercent = 25, bakeTimeInMinutes = 0, alarms = {} }: DeploymentInput): void {
  if (drainPercent < 0 || drainPercent > 100) throw invalidParameter('drainPercent must be between 0 and 100.');
  if (bakeTimeInMinutes < 0 || bakeTimeInMinutes > maxBakeTimeInMinutes) {
    throw invalidParameter(`bakeTimeInMinutes must be between 0 and ${maxBakeTimeInMinutes}.`);
  }
  const { alarmNames = [], enable = false } = alarms;
  if (enable && alarmNames.length === 0) throw invalidParameter('alarmNames cannot be empty when alarms are enabled.');
  if (alarmNames.some((name) => name === '' || name.length > 255)) {
    throw invalidParameter('Alarm names must have 1 to 255 characters.');
  }
}

/**
 * Why a daemon is not made, in ECS's order: ClientException for its definition, InvalidParameterException for a
 * provider of another kind, and UnsupportedFeatureException, because there are no Managed Instances.
 */
export function settingsRefusal(
  view: RoadsteadView,
  scope: Scope,
  { definition, providers }: DaemonSettings,
): ApiError {
  const found = findDaemonTaskDefinition(view, scope, definition);
  if (found === undefined) return clientError('DaemonTaskDefinition not found.');
  if (found.status !== 'ACTIVE') return clientError('DaemonTaskDefinition is inactive');
  const other = providers.find((name) => name === 'FARGATE' || name === 'FARGATE_SPOT');
  if (other !== undefined) {
    return invalidParameter(`The capacity provider ${other} is not a Managed Instances capacity provider.`);
  }
  return unsupportedFeature(
    `Daemons run on Managed Instances capacity providers, which are not part of this version of Roadstead: ${providers.join(', ')}. ` +
      'To run one task on each container instance, create a service with the placement constraint distinctInstance.',
  );
}
