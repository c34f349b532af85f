import type { Volume } from '#model';
import { volumeKinds } from '../volume-kinds.ts';
import { eachContainer, eachVolume, firstOf, firstRepeated, isGiven, namePattern, type Rule } from './rule.ts';

/** Volume, name: up to 255 letters, digits, hyphens and underscores. Texts as for a container's name. */
export const volumeNameIsValid: Rule = eachVolume(({ name }) => {
  if (!isGiven(name)) return 'Volume.name should not be null or empty.';
  return namePattern.test(name) ? undefined : 'Volume.name contains invalid characters.';
});

/** Volumes are told apart by name. Text as for containers. */
export const volumeNamesAreUnique: Rule = ({ content }) =>
  firstRepeated(content.volumes.map(({ name }) => name ?? '')) === undefined
    ? undefined
    : 'Volume names must be unique within a task definition';

/** Volume: one kind each, and at most one configured at launch. */
export const volumesAreOfOneKind: Rule = ({ content }) => {
  const mixed = content.volumes.find((volume) => kindsOf(volume).length > 1);
  if (mixed !== undefined) return `Volume '${mixed.name}' must specify only one of [${volumeKinds.join(',')}].`;
  return content.volumes.filter(({ configuredAtLaunch }) => configuredAtLaunch === true).length > 1
    ? 'Only one volume in a task definition can be configured at launch.'
    : undefined;
};

function kindsOf(volume: Volume): readonly string[] {
  return volumeKinds.filter((kind) => volume[kind] !== undefined && volume[kind] !== false);
}

/** Observed. */
export const mountsAreKnown: Rule = eachContainer((container, { content }) =>
  firstOf(container.mountPoints, ({ sourceVolume = '' }) =>
    content.volumes.some(({ name }) => name === sourceVolume) ? undefined : `Unknown volume '${sourceVolume}'.`,
  ),
);

/** MountPoint, containerPath: a mount needs a place. Text as for a container's name. */
export const mountsHavePath: Rule = eachContainer((container) =>
  firstOf(container.mountPoints, ({ containerPath }) =>
    isGiven(containerPath) ? undefined : 'MountPoint.containerPath should not be null or empty.',
  ),
);

/** Observed: every volume declared is mounted somewhere. */
export const volumesAreMounted: Rule = ({ content }) => {
  const mounted = new Set(
    content.containerDefinitions
      .flatMap(({ mountPoints }) => mountPoints ?? [])
      .map(({ sourceVolume }) => sourceVolume),
  );
  const idle = content.volumes.flatMap(({ name }) => (mounted.has(name) ? [] : [name]));
  return idle.length === 0 ? undefined : `Volumes [${idle.join(', ')}] are not referenced by any of the containers`;
};

/** DockerVolumeConfiguration: autoprovision is for shared volumes; Windows has the local driver only. */
export const dockerVolumeIsValid: Rule = eachVolume(({ name, dockerVolumeConfiguration: docker }, { windows }) => {
  if (docker === undefined) return undefined;
  if (docker.autoprovision === true && docker.scope !== 'shared') {
    return `Volume '${name}': 'autoprovision' is only supported with scope 'shared'.`;
  }
  return windows && docker.driver !== 'local'
    ? `Volume '${name}': Windows containers only support the 'local' volume driver.`
    : undefined;
});

const maxPort = 65_535;

/** EFSVolumeConfiguration and EFSAuthorizationConfig. Observed texts for the first two. */
export const efsVolumeIsValid: Rule = eachVolume(({ efsVolumeConfiguration: efs }) => {
  if (efs === undefined) return undefined;
  const { accessPointId, iam } = efs.authorizationConfig ?? {};
  const encrypted = efs.transitEncryption === 'ENABLED';
  if (isGiven(accessPointId) && (efs.rootDirectory ?? '/') !== '/') {
    return 'When using an EFS access point, the root directory must either be set to "/" or be omitted.';
  }
  if (iam === 'ENABLED' && !encrypted) return 'EFS IAM authorization requires TransitEncryption to be enabled.';
  if (isGiven(accessPointId) && !encrypted) return 'EFS access points require TransitEncryption to be enabled.';
  const port = efs.transitEncryptionPort;
  if (port === undefined) return undefined;
  if (!encrypted) return 'EFS TransitEncryptionPort requires TransitEncryption to be enabled.';
  return port < 0 || port > maxPort ? "Invalid 'transitEncryptionPort' setting." : undefined;
});

/** S3FilesVolumeConfiguration: the task has a role; an access point brings its own root. */
export const s3FilesVolumeIsValid: Rule = eachVolume(({ s3filesVolumeConfiguration: files }, { content }) => {
  if (files === undefined) return undefined;
  if (content.taskRoleArn === undefined) {
    return "When you are specifying an S3 Files volume, you must also specify a value for 'taskRoleArn'.";
  }
  return isGiven(files.accessPointArn) && (files.rootDirectory ?? '/') !== '/'
    ? 'When using an S3 Files access point, the root directory must either be set to "/" or be omitted.'
    : undefined;
});

/** FSxWindowsFileServerVolumeConfiguration: for Windows containers. */
export const fsxVolumeIsValid: Rule = eachVolume(({ name, fsxWindowsFileServerVolumeConfiguration: fsx }, subject) =>
  fsx !== undefined && !subject.windows
    ? `Volume '${name}': 'fsxWindowsFileServerVolumeConfiguration' is only supported for Windows containers.`
    : undefined,
);

/** EphemeralStorage: 21 to 200 GiB. Observed texts. */
export const ephemeralStorageIsInBounds: Rule = ({ content }) => ephemeralStorageRefusal(content.ephemeralStorage);

/** Why a size is refused, in a definition or in an override. */
export function ephemeralStorageRefusal(
  storage: { readonly sizeInGiB?: number | undefined } | undefined,
): string | undefined {
  const sizeInGiB = storage?.sizeInGiB;
  if (sizeInGiB === undefined) return undefined;
  if (sizeInGiB < 21) return 'EphemeralStorage size should be at least 21';
  return sizeInGiB > 200 ? 'EphemeralStorage size should be at most 200' : undefined;
}
