import { readFile } from 'node:fs/promises';
import type { Clock, Instant } from '#base';
import { afterMs } from '#base';
import { limits } from './limits.ts';
import { type HostAddresses, resolverAddress } from './name-server.ts';
import { hostServers } from './upstream-servers.ts';

/** The host's servers, read again from time to time: networks change under a laptop. */
export function systemServers(clock: Clock): () => Promise<readonly string[]> {
  let servers: readonly string[] = [];
  let readAgainAt: Instant | undefined;
  return async () => {
    const now = clock.now();
    if (readAgainAt !== undefined && now < readAgainAt) return servers;
    readAgainAt = afterMs(now, limits.serversKeptMs);
    servers = await hostServers({ read: readIfThere }, new Set([resolverAddress]));
    return servers;
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Second addresses of the loopback device, as the endpoint of credentials is one. */
export class LoopbackAddresses implements HostAddresses {
  readonly #commands: { ip(lines: readonly string[]): Promise<void> };

  constructor(deps: { readonly commands: { ip(lines: readonly string[]): Promise<void> } }) {
    this.#commands = deps.commands;
  }

  async add(address: string): Promise<void> {
    await this.#commands.ip([`addr replace ${address}/32 dev lo scope host`]);
  }

  async remove(address: string): Promise<void> {
    await this.#commands.ip([`addr del ${address}/32 dev lo`]);
  }
}
