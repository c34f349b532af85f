import { createServer, type Server } from 'node:net';
import { afterAll } from 'vitest';

/**
 * For test files whose tasks have addresses of their own in this machine's network: two installations would give the same
 * addresses, so only one of these files runs at a time. The lock is a socket without a file, which goes with its process.
 */
const address = '\0roadstead-e2e-network';
const againAfterMs = 200;

const lock = await taken();
afterAll(() => {
  lock.close();
});

async function taken(): Promise<Server> {
  for (;;) {
    const server = await listening();
    if (server !== undefined) return server.unref();
    await new Promise((resolve) => setTimeout(resolve, againAfterMs));
  }
}

/** `undefined`: somebody else has it. */
function listening(): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}
