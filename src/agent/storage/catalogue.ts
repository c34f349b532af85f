import { chmod, chown, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { Fault, type Ids } from '#base';
import { isShown } from './mounts.ts';

/** A file system as its operator made it known: `<directory>/<file system id>/file-system.json`. */
export interface FileSystemRecord {
  readonly format: 1;
  /** `fs-` and hexadecimal digits. */
  readonly fileSystemId: string;
  /** A directory elsewhere on this host; absent, and no `nfs`: `data/` beside the record. */
  readonly directory?: string;
  readonly nfs?: NfsExport;
  readonly accessPoints: readonly AccessPoint[];
}

export interface NfsExport {
  /** A name or an address. */
  readonly server: string;
  readonly path: string;
}

/** Source: "Working with Amazon EFS access points". */
export interface AccessPoint {
  /** `fsap-` and hexadecimal digits. */
  readonly accessPointId: string;
  /** The root for those who come by it; absolute, made if it was not there. */
  readonly path: string;
  /** Whose every file access is, whoever makes it. */
  readonly posixUser?: { readonly uid: number; readonly gid: number };
}

/** What a new access point is to be. `permissions`: of a root that has to be made. */
export interface NewAccessPoint {
  readonly path?: string;
  readonly posixUser?: { readonly uid: number; readonly gid: number };
  readonly permissions?: number;
}

const fileSystemIdPattern = /^fs-[0-9a-f]{8,40}$/;

/**
 * The file systems that an operator made known on this host. Only the owner of the directory reads it. Every method
 * throws Fault `Storage` with what is wrong in the words of who asked.
 */
export class FileSystemCatalogue {
  readonly #directory: string;

  constructor(options: { readonly directory: string }) {
    this.#directory = options.directory;
  }

  async list(): Promise<readonly FileSystemRecord[]> {
    const names = await readdir(this.#directory).catch(() => []);
    const found = await Promise.all(names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => this.find(name)));
    return found.filter((record) => record !== undefined);
  }

  /** `undefined` when there is none, or the id is none. */
  async find(fileSystemId: string): Promise<FileSystemRecord | undefined> {
    if (!fileSystemIdPattern.test(fileSystemId)) return undefined;
    let text: string;
    try {
      text = await readFile(this.#recordPath(fileSystemId), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    return JSON.parse(text) as FileSystemRecord;
  }

  /** Where its files are on this host; `undefined` for one of an NFS server. */
  dataPath(record: FileSystemRecord): string | undefined {
    if (record.nfs !== undefined) return undefined;
    return record.directory ?? `${this.#directory}/${record.fileSystemId}/data`;
  }

  async create(
    wanted: { readonly fileSystemId?: string; readonly directory?: string; readonly nfs?: NfsExport },
    ids: Ids,
  ): Promise<FileSystemRecord> {
    const { fileSystemId = `fs-${ids.hex(17)}`, directory, nfs } = wanted;
    if (!fileSystemIdPattern.test(fileSystemId)) {
      throw new Fault('Storage', `${fileSystemId} is no id of a file system: fs- and 8 to 40 hexadecimal digits`);
    }
    if ((await this.find(fileSystemId)) !== undefined) {
      throw new Fault('Storage', `the file system ${fileSystemId} is there already`);
    }
    const record: FileSystemRecord = {
      format: 1,
      fileSystemId,
      ...(directory === undefined ? {} : { directory }),
      ...(nfs === undefined ? {} : { nfs }),
      accessPoints: [],
    };
    await mkdir(`${this.#directory}/${fileSystemId}`, { recursive: true, mode: 0o700 });
    const data = this.dataPath(record);
    // A new file system of EFS belongs to root, and everybody may read it.
    if (data !== undefined) await mkdir(data, { recursive: true, mode: 0o755 });
    await this.#write(record);
    return record;
  }

  /** Forgets the file system, and deletes its files if they are in its own folder; not while a task has them mounted. */
  async delete(fileSystemId: string): Promise<void> {
    await this.#get(fileSystemId);
    if (await isShown(`/${fileSystemId}/data`)) {
      throw new Fault('Storage', `${fileSystemId} is in use by a task of this host: stop the task`);
    }
    await rm(`${this.#directory}/${fileSystemId}`, { recursive: true, force: true });
  }

  async addAccessPoint(fileSystemId: string, wanted: NewAccessPoint, ids: Ids): Promise<AccessPoint> {
    const record = await this.#get(fileSystemId);
    const { path = '/', posixUser, permissions = 0o755 } = wanted;
    if (!path.startsWith('/') || path.split('/').includes('..')) {
      throw new Fault('Storage', `the path of an access point is absolute and without .., not ${path}`);
    }
    const accessPoint: AccessPoint = {
      accessPointId: `fsap-${ids.hex(17)}`,
      path,
      ...(posixUser === undefined ? {} : { posixUser }),
    };
    const data = this.dataPath(record);
    if (data === undefined) {
      throw new Fault('Storage', `${fileSystemId} is an NFS server: access points are for directories of this host`);
    }
    await makeRoot(data, path, posixUser, permissions);
    await this.#write({ ...record, accessPoints: [...record.accessPoints, accessPoint] });
    return accessPoint;
  }

  async #get(fileSystemId: string): Promise<FileSystemRecord> {
    const record = await this.find(fileSystemId);
    if (record === undefined) throw new Fault('Storage', `there is no file system ${fileSystemId} on this host`);
    return record;
  }

  async #write(record: FileSystemRecord): Promise<void> {
    const path = this.#recordPath(record.fileSystemId);
    await writeFile(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  #recordPath(fileSystemId: string): string {
    return `${this.#directory}/${fileSystemId}/file-system.json`;
  }
}

/**
 * A root that is there keeps its owner, as EFS has it. Tasks write what is on the way: a symbolic link of theirs that leads
 * out of the file system is refused.
 */
async function makeRoot(
  data: string,
  path: string,
  owner: AccessPoint['posixUser'],
  permissions: number,
): Promise<void> {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const top = await realpath(data);
  let folder = top;
  let made = false;
  for (const name of names) {
    made = await makeFolder(`${folder}/${name}`, path);
    folder = await realpath(`${folder}/${name}`);
    if (folder.startsWith(`${top}/`)) continue;
    throw new Fault('Storage', `${path} leads out of the file system by a symbolic link: take another path`);
  }
  if (!made) return;
  await chmod(folder, permissions);
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
}

/** Whether it had to be made. */
async function makeFolder(folder: string, path: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o755 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const isDirectory = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) throw new Fault('Storage', `${path} is not a directory of the file system: take another path`);
  return false;
}
