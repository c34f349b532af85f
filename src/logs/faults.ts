import { Fault, messageOf } from '#base';

/** The Fault for what the disk under the logs threw, in words that say what to do. */
export function logFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code } = error as NodeJS.ErrnoException;
  const options = { retryable: true, cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Fault('LogsFull', 'The disk that holds the logs is full: free some space, then try again.', options);
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new Fault('LogsReadOnly', 'The directory of the logs cannot be written: make it writable.', options);
  }
  return new Fault(
    'LogsFailed',
    `The disk that holds the logs failed: ${messageOf(error)}. Check the disk and the system log.`,
    options,
  );
}
