import { readFile } from 'node:fs/promises';
import type { Clock, Instant } from '#base';
import { afterMs } from '#base';
import { resolverAddress } from '#model';
import { limits } from './limits.ts';
import type { HostAddresses } from './name-server.ts';
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

interface IpCommands {
  ip(lines: readonly string[]): Promise<void>;
  ipJson(args: readonly string[]): Promise<readonly unknown[]>;
}

/** By it addresses of resolvers are known again, whichever agent gave them. */
const label = 'lo:rsnames';

/** Second addresses of the loopback device, as the endpoint of credentials is one. */
export class LoopbackAddresses implements HostAddresses {
  readonly #commands: IpCommands;

  constructor(deps: { readonly commands: IpCommands }) {
    this.#commands = deps.commands;
  }

  async add(address: string): Promise<void> {
    await this.#commands.ip([`addr replace ${address}/32 dev lo scope host label ${label}`]);
  }

  /** Takes away every resolver's address of this host. */
  async removeAll(): Promise<void> {
    const devices = (await this.#commands.ipJson(['-4', 'addr', 'show', 'dev', 'lo'])) as {
      readonly addr_info?: readonly { readonly local: string; readonly label?: string }[];
    }[];
    for (const { addr_info: addresses = [] } of devices) {
      for (const given of addresses) if (given.label === label) await this.remove(given.local);
    }
  }

  async remove(address: string): Promise<void> {
    await this.#commands.ip([`addr del ${address}/32 dev lo`]);
  }
}
