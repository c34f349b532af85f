import type { ManagedVolume, TaskDefinition } from '#model';
import { invalidParameter } from '../errors.ts';
import { checkManagedVolume, managedVolume, type VolumeConfigurationInput } from './managed-volume.ts';

/**
 * Checks the volumes that tasks are to get when they start: one at most, for the definition's volume that is configured
 * at launch, and none for a definition that has no such volume. Observed texts for strangers. Gives them as they are
 * stored; `undefined` when there are none.
 */
export function checkVolumeConfigurations(
  configurations: readonly VolumeConfigurationInput[] | undefined,
  definition: TaskDefinition,
  { fargate }: { readonly fargate: boolean },
): readonly ManagedVolume[] | undefined {
  const launched = definition.volumes.filter(({ configuredAtLaunch }) => configuredAtLaunch === true);
  const [configuration, ...more] = configurations ?? [];
  if (configuration === undefined) {
    if (launched.length === 0) return undefined;
    throw invalidParameter(
      `The volume '${launched[0]?.name}' is configured at launch, and the request has no volumeConfigurations for it.`,
    );
  }
  if (launched.length === 0) {
    throw invalidParameter(
      'Volume configuration provided but no matching configuredAtLaunch volume found in task definition.',
    );
  }
  const stranger = [configuration, ...more].find(({ name }) => !launched.some((volume) => volume.name === name));
  if (stranger !== undefined) {
    throw invalidParameter(
      `The volume name '${stranger.name}' in your request does not have a matching volume in your Task Definition`,
    );
  }
  if (more.length > 0) throw invalidParameter('volumeConfigurations can have at most 1 items.');
  const windows = definition.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') === true;
  checkManagedVolume(configuration, { fargate, windows });
  return [managedVolume(configuration)];
}
