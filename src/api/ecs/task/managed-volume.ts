import type * as Ecs from '@aws-sdk/client-ecs';
import type { ManagedVolume, VolumeTagSpecification } from '#model';
import type { InputOf } from '#wire/aws';
import { invalidParameter, unsupportedFeature } from '../errors.ts';
import { checkedRoleArn } from '../role-arns.ts';

type TaskInput = NonNullable<InputOf<typeof Ecs, 'RunTask'>['volumeConfigurations']>[number];
type ServiceInput = NonNullable<InputOf<typeof Ecs, 'CreateService'>['volumeConfigurations']>[number];

/** As RunTask and StartTask, or services, take it. */
export type VolumeConfigurationInput = TaskInput | ServiceInput;
type VolumeInput = NonNullable<VolumeConfigurationInput['managedEBSVolume']>;

/** What a volume of a type may have. Source: ServiceManagedEBSVolumeConfiguration in the API reference. */
interface VolumeKind {
  /** GiB, least and most. */
  readonly size: readonly [number, number];
  /** Operations per second, least and most; absent: the type has none to choose. */
  readonly iops?: readonly [number, number];
  readonly needsIops?: true;
}

const general = [1, 16_384] as const;
const provisioned = [4, 16_384] as const;
const throughputOptimised = [125, 16_384] as const;
const kinds: Readonly<Record<string, VolumeKind>> = {
  gp2: { size: general },
  gp3: { size: general, iops: [3_000, 16_000] },
  io1: { size: provisioned, iops: [100, 64_000], needsIops: true },
  io2: { size: provisioned, iops: [100, 256_000], needsIops: true },
  st1: { size: throughputOptimised },
  sc1: { size: throughputOptimised },
  standard: { size: [1, 1_024] },
};
const defaultType = 'gp3';
/** MiB/s. */
const maxThroughput = 1_000;
const linuxFilesystems: readonly string[] = ['ext3', 'ext4', 'xfs'];

/**
 * Checks one managed EBS volume. ECS wraps the refusals of EC2, whose words they are as far as they are known: the start
 * of the sentence and the error code are observed.
 */
export function checkManagedVolume(
  { name, managedEBSVolume: volume }: VolumeConfigurationInput,
  on: { readonly fargate: boolean; readonly windows: boolean },
): void {
  if (volume === undefined) throw invalidParameter(`The volume configuration of '${name}' has no managedEBSVolume.`);
  checkedRoleArn('managedEBSVolume.roleArn', volume.roleArn);
  const type = volume.volumeType ?? defaultType;
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (kind === undefined)
    throw invalidVolume('UnknownVolumeType', `Unsupported volume type '${type}' for volume creation.`);
  if (type === 'standard' && on.fargate) {
    throw invalidVolume('InvalidParameterValue', 'The volume type standard is not supported on Fargate.');
  }
  checkSize(volume, type, kind);
  checkPerformance(volume, type, kind);
  checkFilesystem(volume.filesystemType, on.windows);
  checkTags(volume);
}

/**
 * The volume as it is stored. Throws UnsupportedFeatureException when it is to be encrypted: that would be said and not
 * done. Type and speed are kept and shown, and have no effect.
 */
export function managedVolume({ name, managedEBSVolume: volume }: VolumeConfigurationInput): ManagedVolume {
  if (volume?.encrypted === true || (volume?.kmsKeyId ?? '') !== '') {
    throw unsupportedFeature(
      'Encryption of managed EBS volumes is not part of this version of Roadstead. Leave encrypted and kmsKeyId out; ' +
        'a host whose disk is encrypted encrypts them too.',
    );
  }
  const { roleArn = '', volumeType, sizeInGiB, snapshotId, volumeInitializationRate } = volume ?? {};
  const { iops, throughput, filesystemType, tagSpecifications } = volume ?? {};
  const policy = volume !== undefined && 'terminationPolicy' in volume ? volume.terminationPolicy : undefined;
  return {
    name: name ?? '',
    roleArn,
    ...(volumeType === undefined ? {} : { volumeType }),
    ...(sizeInGiB === undefined ? {} : { sizeInGiB }),
    ...(snapshotId === undefined || snapshotId === '' ? {} : { snapshotId }),
    ...(volumeInitializationRate === undefined ? {} : { volumeInitializationRate }),
    ...(iops === undefined ? {} : { iops }),
    ...(throughput === undefined ? {} : { throughput }),
    ...(filesystemType === undefined ? {} : { filesystemType }),
    ...(tagSpecifications === undefined ? {} : { tagSpecifications: tagSpecifications.map(tagSpecification) }),
    ...(policy?.deleteOnTermination === false ? { deleteOnTermination: false } : {}),
  };
}

function tagSpecification(given: NonNullable<VolumeInput['tagSpecifications']>[number]): VolumeTagSpecification {
  const { tags = [], propagateTags } = given;
  return {
    resourceType: 'volume',
    tags: tags.map(({ key = '', value = '' }) => ({ key, value })),
    ...(propagateTags === undefined ? {} : { propagateTags }),
  };
}

function checkSize(
  { sizeInGiB: size, snapshotId, volumeInitializationRate }: VolumeInput,
  type: string,
  kind: VolumeKind,
) {
  if (size === undefined && (snapshotId ?? '') === '') {
    throw invalidVolume('MissingParameter', 'The request must contain the parameter size or snapshotId');
  }
  if (volumeInitializationRate !== undefined && (snapshotId ?? '') === '') {
    throw invalidVolume(
      'InvalidParameterCombination',
      'volumeInitializationRate can only be specified with a snapshotId',
    );
  }
  if (size !== undefined) requireRange('sizeInGiB', size, kind.size, type);
}

function checkPerformance({ iops, throughput }: VolumeInput, type: string, kind: VolumeKind): void {
  if (iops === undefined && kind.needsIops === true) {
    throw invalidVolume('MissingParameter', `The parameter iops must be specified for ${type} volumes`);
  }
  if (iops !== undefined) {
    if (kind.iops === undefined) throw unsupported('iops', type);
    requireRange('iops', iops, kind.iops, type);
  }
  if (throughput === undefined) return;
  if (type !== 'gp3') throw unsupported('throughput', type);
  requireRange('throughput', throughput, [1, maxThroughput], type);
}

function checkFilesystem(type: string | undefined, windows: boolean): void {
  if (type === undefined || (windows ? type === 'ntfs' : linuxFilesystems.includes(type))) return;
  const allowed = windows ? 'ntfs' : linuxFilesystems.join(', ');
  throw invalidParameter(`The filesystemType must be one of [${allowed}], but was ${type}`);
}

function checkTags({ tagSpecifications = [] }: VolumeInput): void {
  for (const { key = '' } of tagSpecifications.flatMap(({ tags = [] }) => tags)) {
    if (key !== 'AmazonECSCreated' && key !== 'AmazonECSManaged') continue;
    throw invalidParameter(`The tag key ${key} is reserved and cannot be used for volumes.`);
  }
}

function requireRange(member: string, value: number, [least, most]: readonly [number, number], type: string): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw invalidVolume('InvalidParameterValue', `${member} must be between ${least} and ${most} for ${type} volumes`);
}

function unsupported(member: string, type: string): Error {
  return invalidVolume('InvalidParameterCombination', `The parameter ${member} is not supported for ${type} volumes`);
}

function invalidVolume(code: string, why: string): Error {
  return invalidParameter(`ECS managed EBS volume configuration was invalid. ${code}: ${why}`);
}
