import {
  type Cluster,
  type DaemonDeploymentConfiguration,
  type DaemonRevision,
  type DaemonTaskDefinition,
  isReservedProvider,
  type Scope,
} from '#model';
import type { RoadsteadView } from '#store';
import { activeProvider } from '../capacity-provider/resolve.ts';
import { findDaemonTaskDefinition, parseDaemonReference } from '../daemon-task-definition/resolve.ts';
import { clientError, invalidParameter } from '../errors.ts';
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
  readonly deployment: DaemonDeploymentConfiguration;
  /** What a revision has beside its definition: what is not said is as by default. */
  readonly revision: Pick<
    DaemonRevision,
    'propagateTags' | 'enableECSManagedTags' | 'enableExecuteCommand' | 'critical'
  >;
}

interface SettingsInput {
  readonly daemonTaskDefinitionArn: string;
  readonly capacityProviderArns: readonly string[];
  readonly deploymentConfiguration?: DeploymentInput | undefined;
  readonly propagateTags?: 'DAEMON' | 'NONE' | undefined;
  readonly enableECSManagedTags?: boolean | undefined;
  readonly enableExecuteCommand?: boolean | undefined;
  readonly critical?: boolean | undefined;
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
  return {
    definition,
    providers,
    deployment: checkedDeployment(input.deploymentConfiguration ?? {}),
    revision: {
      propagateTags: input.propagateTags ?? 'NONE',
      enableECSManagedTags: input.enableECSManagedTags ?? false,
      enableExecuteCommand: input.enableExecuteCommand ?? false,
      critical: input.critical ?? true,
    },
  };
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
function checkedDeployment({
  drainPercent = 25,
  bakeTimeInMinutes = 0,
  alarms,
}: DeploymentInput): DaemonDeploymentConfiguration {
  if (drainPercent < 0 || drainPercent > 100) throw invalidParameter('drainPercent must be between 0 and 100.');
  if (bakeTimeInMinutes < 0 || bakeTimeInMinutes > maxBakeTimeInMinutes) {
    throw invalidParameter(`bakeTimeInMinutes must be between 0 and ${maxBakeTimeInMinutes}.`);
  }
  const { alarmNames = [], enable = false } = alarms ?? {};
  if (enable && alarmNames.length === 0) throw invalidParameter('alarmNames cannot be empty when alarms are enabled.');
  if (alarmNames.some((name) => name === '' || name.length > 255)) {
    throw invalidParameter('Alarm names must have 1 to 255 characters.');
  }
  return { drainPercent, bakeTimeInMinutes, ...(alarms === undefined ? {} : { alarms: { alarmNames, enable } }) };
}

/**
 * The definition that a daemon's settings mean, with its providers looked at, in ECS's order: ClientException for its
 * definition, InvalidParameterException for a provider of Fargate, ClientException for one that is not there, and
 * InvalidParameterException for one that is not the cluster's.
 */
export function resolvedSettings(
  view: RoadsteadView,
  cluster: Cluster,
  { definition, providers }: DaemonSettings,
): DaemonTaskDefinition {
  const found = findDaemonTaskDefinition(view, cluster, definition);
  if (found === undefined) throw clientError('DaemonTaskDefinition not found.');
  if (found.status !== 'ACTIVE') throw clientError('DaemonTaskDefinition is inactive');
  const other = providers.find(isReservedProvider);
  if (other !== undefined) {
    throw invalidParameter(`The capacity provider ${other} is not a Managed Instances capacity provider.`);
  }
  for (const name of providers) {
    activeProvider(view, cluster, name);
    if (cluster.capacityProviders?.includes(name) === true) continue;
    throw invalidParameter(
      `The capacity provider ${name} is not associated with the cluster. Associate the capacity provider with the cluster and try again.`,
    );
  }
  return found;
}
