import type { Ids } from '#base';

/** A managed EBS volume as a request asks for it. Source: TaskManagedEBSVolumeConfiguration in the API reference. */
export interface ManagedVolume {
  /** Of the task definition's volume that is configured at launch. */
  readonly name: string;
  readonly roleArn: string;
  readonly volumeType?: string;
  /** Absent: the snapshot's. */
  readonly sizeInGiB?: number;
  readonly snapshotId?: string;
  readonly volumeInitializationRate?: number;
  readonly iops?: number;
  readonly throughput?: number;
  readonly filesystemType?: 'ext3' | 'ext4' | 'xfs' | 'ntfs';
  readonly tagSpecifications?: readonly VolumeTagSpecification[];
  /** Only of a standalone task that wants to leave it: the volumes of services always go with their tasks. */
  readonly deleteOnTermination?: false;
}

export interface VolumeTagSpecification {
  readonly resourceType: 'volume';
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly propagateTags?: 'NONE' | 'SERVICE' | 'TASK_DEFINITION';
}

/**
 * A task's own volume as DescribeTasks shows it. CREATED: recorded. ATTACHING: the agent was told to make and mount it.
 * ATTACHED: mounted. DELETED, or DETACHED when it stays: the task is over. FAILED: it could not be made.
 */
export interface TaskVolume {
  /** Of the attachment. */
  readonly id: string;
  readonly status: 'CREATED' | 'ATTACHING' | 'ATTACHED' | 'DETACHED' | 'DELETED' | 'FAILED';
  /** Why it failed. */
  readonly statusReason?: string;
  readonly volumeId: string;
  readonly asked: ManagedVolume;
}

export function newTaskVolume(asked: ManagedVolume, ids: Ids): TaskVolume {
  return { id: ids.uuid(), status: 'CREATED', volumeId: `vol-${ids.hex(17)}`, asked };
}

/** The members of the attachment that hosts do not need, in the order AWS gives them. The id once there is a volume. */
export function volumeDetails({ status, statusReason, volumeId, asked }: TaskVolume): readonly VolumeDetail[] {
  const details = [
    ['roleArn', asked.roleArn],
    ['volumeName', asked.name],
    ['deleteOnTermination', String(asked.deleteOnTermination ?? true)],
    ['volumeId', status === 'CREATED' ? undefined : volumeId],
    ['statusReason', statusReason],
  ] as const;
  return details.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

export interface VolumeDetail {
  readonly name: string;
  readonly value: string;
}

/** The volume of a task that is over; one that failed stays so. */
export function endedVolume(volume: TaskVolume): TaskVolume {
  const { status, asked } = volume;
  if (status === 'FAILED' || status === 'DELETED' || status === 'DETACHED') return volume;
  return { ...volume, status: status === 'ATTACHED' && asked.deleteOnTermination === false ? 'DETACHED' : 'DELETED' };
}
