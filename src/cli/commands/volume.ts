import { failureFrom } from '../failure.ts';
import type { CommandBody } from '../invocation.ts';
import { table } from '../output/table.ts';

/** `roadstead volume list`. */
export const listVolumes: CommandBody<{ readonly snapshots?: boolean }> = async ({ deps, common }, _, options) => {
  const storage = await deps.runners.hostStorage(common.paths.dataDir);
  if (options.snapshots === true) {
    const snapshots = await storage.listSnapshots();
    const rows = snapshots.map((each) => [
      each.snapshotId,
      each.volumeId,
      `${each.sizeGiB} GiB`,
      each.filesystemType ?? '',
    ]);
    const lines = (): string[] => table(['SNAPSHOT', 'OF VOLUME', 'SIZE', 'FILE SYSTEM'], rows);
    const names = snapshots.map(({ snapshotId }) => snapshotId);
    return { report: { data: { snapshots }, items: snapshots, lines, names } };
  }
  const volumes = await storage.listVolumes();
  const rows = volumes.map((each) => [
    each.volumeId,
    `${each.sizeGiB} GiB`,
    each.filesystemType ?? 'directory, size not enforced',
    each.kept === true ? 'left by its task' : 'in use',
    each.taskArn,
  ]);
  return {
    report: {
      data: { volumes },
      items: volumes,
      lines: () => table(['VOLUME', 'SIZE', 'FILE SYSTEM', 'STATE', 'TASK'], rows),
      names: volumes.map(({ volumeId }) => volumeId),
    },
  };
};

/** `roadstead volume snapshot ID`. */
export const snapshotVolume: CommandBody = async ({ deps, common }, [id = '']) => {
  const storage = await deps.runners.hostStorage(common.paths.dataDir);
  const made = await storage.snapshotVolume(id).catch((error: unknown) => {
    throw failureFrom(`cannot make a snapshot of ${id}`, error);
  });
  return {
    report: {
      data: made,
      lines: (style) => [`Snapshot ${style.strong(made.snapshotId)} of ${id} is made, ${made.sizeGiB} GiB.`],
      names: [made.snapshotId],
    },
  };
};

/** `roadstead volume delete ID`. */
export const deleteVolume: CommandBody = async ({ deps, common }, [id = '']) => {
  const storage = await deps.runners.hostStorage(common.paths.dataDir);
  const done = id.startsWith('snap-') ? storage.deleteSnapshot(id) : storage.deleteVolume(id);
  await done.catch((error: unknown) => {
    throw failureFrom(`cannot delete ${id}`, error);
  });
  return { report: { data: { id }, lines: () => [`${id} is deleted.`], names: [id] } };
};
