import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** The files of a data directory: the database, the last revision acknowledged, and a note of who has it open. */
export interface DataDirectory {
  readonly directory: string;
  readonly database: string;
  readonly mark: string;
  readonly owner: string;
}

/** Makes the directory, for its owner alone, and an empty database file that nobody else may read. */
export function prepareDataDirectory(directory: string): DataDirectory {
  const database = join(directory, 'store.sqlite');
  const isNew = !existsSync(database);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  closeSync(openSync(database, 'a', 0o600));
  chmodSync(database, 0o600);
  if (isNew) for (const made of [directory, dirname(directory)]) flushDirectory(made);
  return { directory, database, mark: join(directory, 'store.mark'), owner: join(directory, 'store.pid') };
}

/** Without this a power cut may take the whole new directory, with all that was acknowledged in it. */
function flushDirectory(directory: string): void {
  const file = openSync(directory, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Notes this process as the holder; SQLite's lock is what counts, this is only for the message. */
export function noteOwner(files: DataDirectory): void {
  writeFileSync(files.owner, `${process.pid}\n`, { mode: 0o600 });
}

export function forgetOwner(files: DataDirectory): void {
  rmSync(files.owner, { force: true });
}

/** The pid of the process that has the directory open, as far as it is known. */
export function ownerPid(files: DataDirectory): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(files.owner, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
