import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { Fault } from '#base';

/** `loop`: a file system in a file, whose size is the volume's. `directory`: a directory, of whatever size. */
export type VolumeBackend = 'loop' | 'directory';

/** A volume of this host: `<directory>/<volume id>/volume.json`, written once the volume can be mounted. */
export interface VolumeRecord {
  readonly format: 1;
  readonly volumeId: string;
  readonly backend: VolumeBackend;
  readonly sizeGiB: number;
  /** Of `loop`. */
  readonly filesystemType?: string;
  readonly snapshotId?: string;
  /** The task it was made for, and its name there. */
  readonly taskArn: string;
  readonly volumeName: string;
  readonly deleteOnTermination: boolean;
  /** Its task has ended and left it. */
  readonly kept?: true;
}

/** A snapshot: `<directory>/<snapshot id>/snapshot.json` and what was in the volume. */
export interface SnapshotRecord {
  readonly format: 1;
  readonly snapshotId: string;
  readonly volumeId: string;
  readonly backend: VolumeBackend;
  readonly sizeGiB: number;
  readonly filesystemType?: string;
}

export const volumeIdPattern = /^vol-[0-9a-f]{8,40}$/;
export const snapshotIdPattern = /^snap-[0-9a-f]{8,40}$/;

/** Records of one kind, each in a folder of its own with what it tells of beside it. */
export class RecordFolders<R extends VolumeRecord | SnapshotRecord> {
  readonly #directory: string;
  readonly #file: 'volume.json' | 'snapshot.json';
  readonly #pattern: RegExp;

  constructor(directory: string, file: 'volume.json' | 'snapshot.json') {
    this.#directory = directory;
    this.#file = file;
    this.#pattern = file === 'volume.json' ? volumeIdPattern : snapshotIdPattern;
  }

  /** Throws Fault `Storage` for what is no id: it becomes a part of a path. */
  folder(id: string): string {
    if (!this.#pattern.test(id)) throw new Fault('Storage', `${id} is not an id`);
    return `${this.#directory}/${id}`;
  }

  /** The file or directory that has the bytes. */
  dataPath(id: string, backend: VolumeBackend): string {
    return `${this.folder(id)}/${backend === 'loop' ? 'image' : 'files'}`;
  }

  /** Every folder there is, also of one that was never finished. */
  async ids(): Promise<readonly string[]> {
    const names = await readdir(this.#directory).catch(() => []);
    return names.filter((name) => this.#pattern.test(name)).toSorted((a, b) => (a < b ? -1 : 1));
  }

  async list(): Promise<readonly R[]> {
    const found = await Promise.all((await this.ids()).map((id) => this.find(id)));
    return found.filter((record) => record !== undefined);
  }

  async find(id: string): Promise<R | undefined> {
    if (!this.#pattern.test(id)) return undefined;
    const path = `${this.folder(id)}/${this.#file}`;
    try {
      await access(path);
    } catch {
      return undefined;
    }
    return JSON.parse(await readFile(path, 'utf8')) as R;
  }

  /** An empty folder for something new; what was begun there before is gone. */
  async begin(id: string): Promise<void> {
    await rm(this.folder(id), { recursive: true, force: true });
    await mkdir(this.folder(id), { recursive: true, mode: 0o700 });
  }

  async write(id: string, record: R): Promise<void> {
    const path = `${this.folder(id)}/${this.#file}`;
    await writeFile(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  async remove(id: string): Promise<void> {
    await rm(this.folder(id), { recursive: true, force: true });
  }
}
