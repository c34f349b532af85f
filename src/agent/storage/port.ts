import type { Availability } from '../host/network.ts';

/** What a task asks of an EFS volume: the members of `EFSVolumeConfiguration`. */
export interface FileSystemVolume {
  /** Of the task definition. */
  readonly volumeName: string;
  readonly fileSystemId: string;
  readonly rootDirectory?: string;
  readonly transitEncryption?: string;
  readonly authorizationConfig?: { readonly accessPointId?: string; readonly iam?: string };
}

/** A path of this host, or options of the engine's volume driver `local`, which mounts it. */
export type FileSystemSource = { readonly path: string } | { readonly driverOptions: Readonly<Record<string, string>> };

/**
 * EFS file systems as this host has them, as a port. A file system is a directory of this host or an export of an NFS
 * server; an operator makes it known. Every call may be repeated.
 */
export interface FileSystems {
  /** Whether this host can do it, and if not, what is missing. */
  probe(): Promise<Availability>;
  /** Makes a volume ready for a task. Throws Fault `Volume` with the reason in ECS's words. */
  attach(taskId: string, volume: FileSystemVolume): Promise<FileSystemSource>;
  /** Gives back all that a task had of file systems; what is in them stays. */
  detach(taskId: string): Promise<void>;
  /** Gives back what is held for all other tasks. Each is asked for just before: a task may have come meanwhile. */
  reconcile(isHeld: (taskId: string) => boolean): Promise<void>;
}

/** A managed EBS volume of a task. */
export interface BlockVolume {
  /** `vol-` and hexadecimal digits. */
  readonly volumeId: string;
  readonly taskArn: string;
  readonly volumeName: string;
  /** Absent: as large as the snapshot. */
  readonly sizeGiB?: number;
  /** `ext3`, `ext4`, `xfs`; absent: the host's own choice, or the snapshot's. */
  readonly filesystemType?: string;
  readonly snapshotId?: string;
  /** Whether it goes with its task. One that stays can be made a snapshot of. */
  readonly deleteOnTermination: boolean;
}

/** Managed EBS volumes as this host makes them, as a port. Every call may be repeated. */
export interface BlockVolumes {
  /** Whether this host can do it, and if not, what is missing. `enforced`: a volume is no larger than its size. */
  probe(): Promise<Availability & { readonly enforced: boolean }>;
  /** Makes the volume unless it is there, mounts it and gives where. Throws Fault `Volume` with the reason. */
  attach(volume: BlockVolume): Promise<string>;
  /** What is used of it, bytes; `undefined` when it is not known: it is not mounted, or nothing keeps it to its size. */
  usage(volumeId: string): Promise<{ readonly usedBytes: number; readonly sizeBytes: number } | undefined>;
  /** Unmounts it, and deletes it if it goes with its task. */
  detach(volumeId: string): Promise<void>;
  /** Does that for all others. Each is asked for just before: its task may have come meanwhile. */
  reconcile(isHeld: (volumeId: string) => boolean): Promise<void>;
}
