import { readdir } from 'node:fs/promises';
import { Fault, messageOf } from '#base';
import type { Availability } from '../host/network.ts';
import type { AccessPoint, FileSystemCatalogue, FileSystemRecord, NfsExport } from './catalogue.ts';
import { bindBelow, inTurn, unmountAll } from './mounts.ts';
import type { FileSystemSource, FileSystems, FileSystemVolume } from './port.ts';

export interface SystemFileSystemsOptions {
  readonly region: string;
  /** Where tasks' views of file systems are mounted: this agent's alone. */
  readonly mounts: string;
}

/** As ECS's agent mounts EFS. */
const nfsOptions = 'nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport';

/** File systems of this host's catalogue. */
export class SystemFileSystems implements FileSystems {
  readonly #options: SystemFileSystemsOptions;
  readonly #catalogue: FileSystemCatalogue;

  constructor(options: SystemFileSystemsOptions, deps: { readonly catalogue: FileSystemCatalogue }) {
    this.#options = options;
    this.#catalogue = deps.catalogue;
  }

  async probe(): Promise<Availability> {
    const problems = process.getuid?.() === 0 ? [] : ['only root may mount'];
    return { available: problems.length === 0, problems };
  }

  async attach(taskId: string, volume: FileSystemVolume): Promise<FileSystemSource> {
    const record = await this.#catalogue.find(volume.fileSystemId).catch((error: unknown) => {
      throw failure(`the record of ${volume.fileSystemId} cannot be read: ${messageOf(error)}`);
    });
    if (record === undefined) throw this.#unknown(volume.fileSystemId);
    const { nfs } = record;
    if (nfs !== undefined) return nfsSource({ ...record, nfs }, volume);
    const accessPoint = accessPointOf(record, volume);
    const directory = accessPoint?.path ?? volume.rootDirectory ?? '/';
    if (accessPoint?.posixUser !== undefined) {
      const { uid, gid } = accessPoint.posixUser;
      throw failure(
        `the access point ${accessPoint.accessPointId} makes every access that of user ${uid} and group ${gid}, ` +
          'which this host cannot. Take an access point without a user, or run the containers as that user',
      );
    }
    const target = `${this.#options.mounts}/${taskId}/${volume.volumeName}`;
    try {
      await bindBelow(this.#catalogue.dataPath(record) ?? '', directory, target);
    } catch (error) {
      throw failure(`mount.nfs4: mounting ${record.fileSystemId}:${directory} failed, reason: ${messageOf(error)}`);
    }
    return { path: target };
  }

  async detach(taskId: string): Promise<void> {
    await this.#remove(`${this.#options.mounts}/${taskId}`);
  }

  async reconcile(isHeld: (taskId: string) => boolean): Promise<void> {
    const { mounts } = this.#options;
    const taskIds = await readdir(mounts).catch(() => []);
    await inTurn(taskIds, async (taskId) => {
      if (!isHeld(taskId)) await this.#remove(`${mounts}/${taskId}`);
    });
  }

  async #remove(folder: string): Promise<void> {
    for (const name of await readdir(folder).catch(() => [])) await unmountAll(`${folder}/${name}`);
    await unmountAll(folder);
  }

  #unknown(fileSystemId: string): Fault {
    const name = `${fileSystemId}.efs.${this.#options.region}.amazonaws.com`;
    return failure(
      `Failed to resolve "${name}" - check that your file system ID is correct. ` +
        `This host knows no such file system: roadstead file-system create --id ${fileSystemId}`,
    );
  }
}

function accessPointOf(record: FileSystemRecord, volume: FileSystemVolume): AccessPoint | undefined {
  const wanted = volume.authorizationConfig?.accessPointId ?? '';
  if (wanted === '') return undefined;
  const found = record.accessPoints.find(({ accessPointId }) => accessPointId === wanted);
  if (found !== undefined) return found;
  throw failure(
    `mount.nfs4: access denied by server while mounting: the file system ${record.fileSystemId} has no access point ` +
      `${wanted} on this host: roadstead file-system access-point ${record.fileSystemId}`,
  );
}

/** What the way to an NFS server cannot give is refused: nothing is silently left out. */
function nfsSource(
  { fileSystemId, nfs }: FileSystemRecord & { readonly nfs: NfsExport },
  { rootDirectory = '/', transitEncryption }: FileSystemVolume,
): FileSystemSource {
  if (transitEncryption === 'ENABLED') {
    throw failure(
      `${fileSystemId} is an NFS server, to which nothing is encrypted. Leave transitEncryption, and what needs it ` +
        '(access points, iam), out of the volume',
    );
  }
  if (rootDirectory.split('/').includes('..')) {
    throw failure(`the root directory ${rootDirectory} leads out of ${fileSystemId}`);
  }
  const device = `:${`${nfs.path}/${rootDirectory}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')}`;
  return { driverOptions: { type: 'nfs', device, o: `addr=${nfs.server},${nfsOptions}` } };
}

/** Observed on Fargate; ECS's agent says much the same of its volume plugin. */
function failure(why: string): Fault {
  return new Fault(
    'Volume',
    `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ${why} : ` +
      'unsuccessful EFS utils command execution; code: 1',
  );
}
