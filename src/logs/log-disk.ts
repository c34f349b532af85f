/**
 * The disk under the logs. Paths are relative, `<group>/<file>`. Every call that changes something is durable when its
 * promise resolves; when it rejects, what it was to write may be there in part, in whole or not at all. Errors carry the
 * operating system's code (`ENOSPC`).
 */
export interface LogDisk {
  /** Files of a directory; empty when there is no such directory. `''` lists the groups. */
  list(directory: string): Promise<readonly DiskEntry[]>;
  /** Writes at a position of a file, which is made with its directory when it is not there. */
  append(path: string, position: number, bytes: Uint8Array): Promise<void>;
  /** Up to `length` bytes; fewer at the end of the file. */
  read(path: string, position: number, length: number): Promise<Buffer>;
  /** Puts a whole file in the place of what was there: either is there after a crash. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  truncate(path: string, length: number): Promise<void>;
  /** Files that are not there are removed already. */
  remove(path: string): Promise<void>;
  removeDirectory(directory: string): Promise<void>;
  close(): Promise<void>;
}

export interface DiskEntry {
  readonly name: string;
  readonly sizeBytes: number;
}
