import { failureFrom } from '../failure.ts';
import type { CommandBody } from '../invocation.ts';
import { table } from '../output/table.ts';
import type { StoredFileSystem } from '../ports.ts';

interface CreateOptions {
  readonly id?: string;
  readonly directory?: string;
  readonly nfs?: { readonly server: string; readonly path: string };
}

/** `roadstead file-system create`. */
export const createFileSystem: CommandBody<CreateOptions> = async ({ deps, common }, _, { id, directory, nfs }) => {
  const storage = await deps.runners.hostStorage(common.paths.dataDir);
  const made = await storage
    .createFileSystem({
      ...(id === undefined ? {} : { fileSystemId: id }),
      ...(directory === undefined ? {} : { directory }),
      ...(nfs === undefined ? {} : { nfs }),
    })
    .catch((error: unknown) => {
      throw failureFrom('cannot make the file system', error);
    });
  return {
    report: {
      data: made,
      lines: (style) => [`File system ${style.strong(made.fileSystemId)} is made: ${placeOf(made)}.`],
      names: [made.fileSystemId],
    },
  };
};

interface AccessPointOptions {
  readonly path: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly permissions?: number;
}

/** `roadstead file-system access-point ID`. */
export const createAccessPoint: CommandBody<AccessPointOptions> = async ({ deps, common }, [id = ''], options) => {
  const storage = await deps.runners.hostStorage(common.paths.dataDir);
  const { path, user, permissions } = options;
  const made = await storage
    .addAccessPoint(id, {
      path,
      ...(user === undefined ? {} : { posixUser: user }),
      ...(permissions === undefined ? {} : { permissions }),
    })
    .catch((error: unknown) => {
      throw failureFrom(`cannot make an access point of ${id}`, error);
    });
  return {
    report: {
      data: made,
      lines: (style) => [`Access point ${style.strong(made.accessPointId)} of ${id} is made: ${made.path}.`],
      names: [made.accessPointId],
    },
  };
};

/** `roadstead file-system list`. */
export const listFileSystems: CommandBody = async ({ deps, common }) => {
  const storage = await deps.runners.hostStorage(common.paths.dataDir);
  const fileSystems = await storage.listFileSystems();
  return {
    report: {
      data: { fileSystems },
      items: fileSystems,
      lines: () =>
        table(
          ['FILE SYSTEM', 'PLACE', 'ACCESS POINTS'],
          fileSystems.map((each) => [
            each.fileSystemId,
            placeOf(each),
            each.accessPoints.map(({ accessPointId, path }) => `${accessPointId} ${path}`).join(', '),
          ]),
        ),
      names: fileSystems.map(({ fileSystemId }) => fileSystemId),
    },
  };
};

/** `roadstead file-system delete ID`. */
export const deleteFileSystem: CommandBody = async ({ deps, common }, [id = '']) => {
  const storage = await deps.runners.hostStorage(common.paths.dataDir);
  await storage.deleteFileSystem(id).catch((error: unknown) => {
    throw failureFrom(`cannot delete ${id}`, error);
  });
  return { report: { data: { fileSystemId: id }, lines: () => [`File system ${id} is deleted.`], names: [id] } };
};

function placeOf({ directory, nfs }: StoredFileSystem): string {
  if (nfs !== undefined) return `NFS ${nfs.server}:${nfs.path}`;
  return directory ?? 'a folder of this installation';
}
