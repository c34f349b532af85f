import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import type { Locks } from '../ports.ts';

/**
 * Locks as abstract socket addresses, which Linux gives to one process at a time and takes back the moment that
 * process ends, however it ends. Processes in another network namespace do not see them.
 */
export function socketLocks(): Locks {
  return locks;
}

const locks: Locks = {
  acquire(name) {
    const digest = createHash('sha256').update(name).digest('hex').slice(0, 40);
    return new Promise((resolve, reject) => {
      const server = createServer((socket) => socket.destroy());
      server.once('error', (error) => {
        if ((error as { code?: unknown }).code === 'EADDRINUSE') resolve(undefined);
        else reject(error);
      });
      server.listen(`\0roadstead-${digest}`, () => {
        // The lock must not keep a finished process alive.
        server.unref();
        resolve({
          [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
        });
      });
    });
  },
};
