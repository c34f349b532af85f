import { accessSync, constants } from 'node:fs';
import { Fault, messageOf } from '#base';

const primary = { busy: 5, locked: 6, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cantOpen: 14, notADatabase: 26 };
/** The disk did not confirm a flush: whether the commit is there after a crash, nobody knows. */
const ioErrorFsync = new Set([10 | (4 << 8), 10 | (5 << 8)]);

/** Whether an error leaves open what is on disk, so that nothing may be written over it. */
export function isUnknownOutcome(error: unknown): boolean {
  return ioErrorFsync.has(errcodeOf(error) ?? 0);
}

/** The Fault for what SQLite or the file system threw, in words that say what to do. */
export function faultOf(error: unknown, directory: string): Fault {
  if (error instanceof Fault) return error;
  const errcode = errcodeOf(error);
  const code = (error as NodeJS.ErrnoException).code;
  const kind = errcode === undefined ? undefined : errcode & 0xff;
  if (kind === primary.full || code === 'ENOSPC' || code === 'EDQUOT') return full(directory, error);
  if (kind === primary.busy || kind === primary.locked) return inUse(directory, error);
  if (kind === primary.corrupt || kind === primary.notADatabase) return damagedDatabase(directory, error);
  if (kind === primary.readOnly || code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return readOnly(directory, error);
  }
  if ((kind === primary.ioError || kind === primary.cantOpen) && !isWritable(directory)) {
    return readOnly(directory, error);
  }
  const message = `The disk that holds ${directory} failed: ${messageOf(error)}. Check the disk and the system log.`;
  return new Fault('StoreFailed', message, { retryable: !isUnknownOutcome(error), cause: error });
}

function inUse(directory: string, cause: unknown): Fault {
  return new Fault('StoreLocked', `Another process uses the data directory ${directory}. Stop it first.`, { cause });
}

function damagedDatabase(directory: string, cause: unknown): Fault {
  const what = messageOf(cause);
  const message = `The database in ${directory} is damaged: ${what}. Restore the data directory from a copy.`;
  return new Fault('StoreDamaged', message, { cause });
}

function full(directory: string, cause: unknown): Fault {
  const message = `The disk that holds ${directory} is full. Free some space: the next update is taken again.`;
  return new Fault('StoreFull', message, { retryable: true, cause });
}

function readOnly(directory: string, cause: unknown): Fault {
  const message = `The data directory ${directory} cannot be written. Make it writable: the next update is taken again.`;
  return new Fault('StoreReadOnly', message, { retryable: true, cause });
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function errcodeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}
