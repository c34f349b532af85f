import { mkdir, mkdtemp, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Fault, type Ids, messageOf } from '#base';
import type { Availability } from '../host/network.ts';
import { runCommand } from '../host/run-command.ts';
import { inTurn, isMounted, mustRun, unmountAll } from './mounts.ts';
import type { BlockVolume, BlockVolumes } from './port.ts';
import { RecordFolders, type SnapshotRecord, type VolumeBackend, type VolumeRecord } from './volume-files.ts';

export interface SystemBlockVolumesOptions {
  /** The volumes of one agent. */
  readonly volumes: string;
  /** The snapshots of all agents of this host. */
  readonly snapshots: string;
  /** Instead of what the host can do. */
  readonly backend?: VolumeBackend;
}

/** Of a volume for which no file system is named: ECS's own choice first. */
const preferred = ['xfs', 'ext4', 'ext3'] as const;
const bytesPerGiB = 1024 ** 3;
/** The least an XFS takes is larger. */
const probeBytes = 4 * 1024 ** 2;

/**
 * Volumes on this host's disk: a file as large as the volume, with a file system, mounted over a loop device where the
 * host can do that; else a directory. A file takes the room of what was written, not of its size. Everything that is
 * known of a volume is on disk, so that any agent process finds it.
 */
export class SystemBlockVolumes implements BlockVolumes {
  readonly #volumes: RecordFolders<VolumeRecord>;
  readonly #snapshots: RecordFolders<SnapshotRecord>;
  #backend: VolumeBackend | undefined;

  constructor(options: SystemBlockVolumesOptions) {
    this.#volumes = new RecordFolders(options.volumes, 'volume.json');
    this.#snapshots = new RecordFolders(options.snapshots, 'snapshot.json');
    this.#backend = options.backend;
  }

  async probe(): Promise<Availability & { readonly enforced: boolean }> {
    if (process.getuid?.() !== 0) return { available: false, enforced: false, problems: ['only root may mount'] };
    const problem = this.#backend === undefined ? await loopProblem() : undefined;
    this.#backend ??= problem === undefined ? 'loop' : 'directory';
    return { available: true, enforced: this.#backend === 'loop', problems: problem === undefined ? [] : [problem] };
  }

  list(): Promise<readonly VolumeRecord[]> {
    return this.#volumes.list();
  }

  listSnapshots(): Promise<readonly SnapshotRecord[]> {
    return this.#snapshots.list();
  }

  async attach(volume: BlockVolume): Promise<string> {
    const record = (await this.#volumes.find(volume.volumeId)) ?? (await this.#create(volume));
    const data = this.#volumes.dataPath(record.volumeId, record.backend);
    if (record.backend === 'directory') return data;
    const target = this.#mountPoint(record.volumeId);
    await mkdir(target, { recursive: true, mode: 0o755 });
    if (await isMounted(target)) return target;
    const type = record.filesystemType ?? 'ext4';
    // Two XFS of the same origin have the same id, for which the kernel refuses the second.
    const options = `loop,nodev${type === 'xfs' ? ',nouuid' : ''}`;
    try {
      await mustRun('mount', ['-t', type, '-o', options, data, target]);
    } catch (error) {
      throw failure(volume.volumeId, messageOf(error));
    }
    return target;
  }

  async usage(volumeId: string): Promise<{ readonly usedBytes: number; readonly sizeBytes: number } | undefined> {
    const record = await this.#volumes.find(volumeId);
    const target = this.#mountPoint(volumeId);
    if (record?.backend !== 'loop' || !(await isMounted(target))) return undefined;
    const { bsize, blocks, bfree } = await statfs(target);
    return { usedBytes: (blocks - bfree) * bsize, sizeBytes: blocks * bsize };
  }

  async detach(volumeId: string): Promise<void> {
    const record = await this.#volumes.find(volumeId);
    await unmountAll(this.#mountPoint(volumeId));
    if (record === undefined || record.deleteOnTermination) await this.#volumes.remove(volumeId);
    else if (record.kept !== true) await this.#volumes.write(volumeId, { ...record, kept: true });
  }

  async reconcile(isHeld: (volumeId: string) => boolean): Promise<void> {
    await inTurn(await this.#volumes.ids(), async (volumeId) => {
      if (!isHeld(volumeId)) await this.detach(volumeId);
    });
  }

  /** Deletes a volume that its task has left. Throws Fault `Storage`. */
  async delete(volumeId: string): Promise<void> {
    const record = await this.#volumes.find(volumeId);
    if (record === undefined) throw new Fault('Storage', `there is no volume ${volumeId} on this host`);
    if (record.kept !== true) throw new Fault('Storage', `${volumeId} is in use by ${record.taskArn}: stop the task`);
    await unmountAll(this.#mountPoint(volumeId));
    await this.#volumes.remove(volumeId);
  }

  /** A copy of a volume as it is at one moment; its task may run on. Throws Fault `Storage`. */
  async snapshot(volumeId: string, ids: Ids): Promise<SnapshotRecord> {
    const volume = await this.#volumes.find(volumeId);
    if (volume === undefined) throw new Fault('Storage', `there is no volume ${volumeId} on this host`);
    const { backend, sizeGiB, filesystemType } = volume;
    const snapshotId = `snap-${ids.hex(17)}`;
    await this.#snapshots.begin(snapshotId);
    const target = this.#mountPoint(volumeId);
    const held = backend === 'loop' && (await isMounted(target));
    const [from, to] = [this.#volumes.dataPath(volumeId, backend), this.#snapshots.dataPath(snapshotId, backend)];
    try {
      if (held) await mustRun('sh', ['-c', frozenCopy, 'sh', target, from, to]);
      else await copy(from, to);
    } catch (error) {
      await this.#snapshots.remove(snapshotId);
      throw error;
    }
    const record: SnapshotRecord = {
      format: 1,
      snapshotId,
      volumeId,
      backend,
      sizeGiB,
      ...(filesystemType === undefined ? {} : { filesystemType }),
    };
    await this.#snapshots.write(snapshotId, record);
    return record;
  }

  async deleteSnapshot(snapshotId: string): Promise<void> {
    const record = await this.#snapshots.find(snapshotId);
    if (record === undefined) throw new Fault('Storage', `there is no snapshot ${snapshotId} on this host`);
    await this.#snapshots.remove(snapshotId);
  }

  async #create(volume: BlockVolume): Promise<VolumeRecord> {
    const { volumeId, taskArn, volumeName, snapshotId, deleteOnTermination } = volume;
    const source = await this.#sourceOf(volume);
    if (this.#backend === undefined) await this.probe();
    const backend = source?.backend ?? this.#backend ?? 'directory';
    const sizeGiB = volume.sizeGiB ?? source?.sizeGiB ?? 0;
    await this.#volumes.begin(volumeId);
    const data = this.#volumes.dataPath(volumeId, backend);
    let filesystemType = source?.filesystemType;
    try {
      if (source !== undefined) await copy(this.#snapshots.dataPath(source.snapshotId, backend), data);
      else if (backend === 'directory') await mkdir(data, { mode: 0o755 });
      if (backend === 'loop') {
        if (source === undefined) await writeFile(data, '', { mode: 0o600 });
        await truncate(data, sizeGiB * bytesPerGiB);
        filesystemType ??= volume.filesystemType ?? (await firstFilesystem());
        if (source === undefined) await makeFilesystem(filesystemType, data);
        else if (sizeGiB > source.sizeGiB) await growFilesystem(filesystemType, data, this.#mountPoint(volumeId));
      }
    } catch (error) {
      await this.#volumes.remove(volumeId);
      if (error instanceof Fault && error.code === 'Volume') throw error;
      throw failure(volumeId, messageOf(error));
    }
    const record: VolumeRecord = {
      format: 1,
      volumeId,
      backend,
      sizeGiB,
      ...(filesystemType === undefined ? {} : { filesystemType }),
      ...(snapshotId === undefined ? {} : { snapshotId }),
      taskArn,
      volumeName,
      deleteOnTermination,
    };
    await this.#volumes.write(volumeId, record);
    return record;
  }

  async #sourceOf({ volumeId, snapshotId, sizeGiB, filesystemType }: BlockVolume): Promise<SnapshotRecord | undefined> {
    if (snapshotId === undefined) return undefined;
    const source = await this.#snapshots.find(snapshotId);
    if (source === undefined) {
      throw failure(volumeId, `InvalidSnapshot.NotFound: The snapshot '${snapshotId}' does not exist on this host.`);
    }
    if (sizeGiB !== undefined && sizeGiB < source.sizeGiB) {
      throw failure(
        volumeId,
        `InvalidBlockDeviceMapping: Volume of size ${sizeGiB}GB is smaller than snapshot '${snapshotId}', ` +
          `expect size >= ${source.sizeGiB}GB`,
      );
    }
    const { filesystemType: has } = source;
    if (filesystemType === undefined || has === undefined || filesystemType === has) return source;
    throw failure(
      volumeId,
      `the snapshot ${snapshotId} has the file system ${has}, not ${filesystemType}: name the one that it has, or none`,
    );
  }

  #mountPoint(volumeId: string): string {
    return `${this.#volumes.folder(volumeId)}/mount`;
  }
}

/** Blocks that were never written stay unwritten, and nothing is copied where the disk can share it. */
const copyArguments = ['--archive', '--reflink=auto', '--sparse=always', '--no-target-directory'];

async function copy(from: string, to: string): Promise<void> {
  await mustRun('cp', [...copyArguments, from, to]);
}

/** Writers wait while the copy is made. A shell lets go of them also when the copy is called off. */
const frozenCopy = `set -e
trap 'fsfreeze --unfreeze "$1"' EXIT
trap 'exit 130' INT TERM HUP
fsfreeze --freeze "$1"
cp ${copyArguments.join(' ')} "$2" "$3"`;

async function firstFilesystem(): Promise<string> {
  for (const type of preferred) if (await hasFilesystem(type)) return type;
  throw new Fault('Storage', 'this host has no program that makes a file system: install e2fsprogs or xfsprogs');
}

async function hasFilesystem(type: string): Promise<boolean> {
  const ended = await runCommand(`mkfs.${type}`, ['-V']).catch(() => undefined);
  return ended?.code === 0;
}

async function makeFilesystem(type: string, path: string): Promise<void> {
  if (!(await hasFilesystem(type))) {
    const packageName = type === 'xfs' ? 'xfsprogs' : 'e2fsprogs';
    throw new Fault('Storage', `this host cannot make the file system ${type}: install ${packageName}`);
  }
  // EBS hands a volume over as root's alone would be: nothing of it is kept for root.
  await mustRun(`mkfs.${type}`, type === 'xfs' ? ['-q', path] : ['-q', '-F', '-m', '0', path]);
}

async function growFilesystem(type: string, path: string, mountPoint: string): Promise<void> {
  if (type !== 'xfs') {
    await runCommand('e2fsck', ['-p', '-f', path]);
    await mustRun('resize2fs', [path]);
    return;
  }
  await mkdir(mountPoint, { mode: 0o755 });
  await mustRun('mount', ['-t', 'xfs', '-o', 'loop,nodev,nouuid', path, mountPoint]);
  try {
    await mustRun('xfs_growfs', [mountPoint]);
  } finally {
    await mustRun('umount', [mountPoint]);
  }
}

/** Why this host cannot mount a file as a file system; it is tried. */
async function loopProblem(): Promise<string | undefined> {
  const folder = await mkdtemp(`${tmpdir()}/roadstead-loop-`);
  try {
    await writeFile(`${folder}/image`, '');
    await truncate(`${folder}/image`, probeBytes);
    await mkdir(`${folder}/mount`);
    await mustRun('mkfs.ext4', ['-q', '-F', `${folder}/image`]);
    await mustRun('mount', ['-t', 'ext4', '-o', 'loop', `${folder}/image`, `${folder}/mount`]);
    await mustRun('umount', [`${folder}/mount`]);
    return undefined;
  } catch (error) {
    return `volumes are directories, and their size is not enforced: ${messageOf(error)}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Source: "Status reasons for Amazon EBS volume attachment to Amazon ECS tasks"; what follows the colon is Roadstead's. */
function failure(volumeId: string, why: string): Fault {
  return new Fault('Volume', `ECS failed to set up the EBS volume. ${volumeId}: ${why}`);
}
