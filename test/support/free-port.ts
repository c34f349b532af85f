import { networkHttp } from '../../src/cli/adapters/index.ts';

/** A port that nothing listens on, below those that the kernel gives to outgoing connections by itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await networkHttp().canListen('127.0.0.1', port)) return port;
  }
}
