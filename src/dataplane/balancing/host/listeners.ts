import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Logger, messageOf } from '#base';
import { mustRun } from '../../programs/index.ts';
import type { NodeDocuments } from '../documents.ts';
import { type HeldPort, type HoldPort, holdPort, type PortProtocol } from './ports.ts';
import { hostRules, type LedPort } from './rules.ts';

export interface HostListenersOptions {
  /** Marks this agent's table. */
  readonly owner: string;
  /** Remembers who has which port, across restarts. */
  readonly stateFile: string;
}

export interface HostListenersDeps {
  readonly log: Logger;
  readonly hold?: HoldPort;
}

interface Wish {
  readonly listenerArn: string;
  readonly balancer: string;
  readonly port: number;
  readonly protocol: PortProtocol;
  readonly nodes: readonly string[];
}

/**
 * Internet-facing listeners at the host's own addresses, 127.0.0.1 among them. Who had a port first keeps it; a port that
 * somebody else has stays theirs.
 */
export class HostListeners {
  readonly #options: HostListenersOptions;
  readonly #deps: HostListenersDeps;
  readonly #hold: HoldPort;
  readonly #held = new Map<string, HeldPort>();
  /** By port: the listener that has it. */
  #owners: Map<string, string> | undefined;
  #applied: string | undefined;

  constructor(options: HostListenersOptions, deps: HostListenersDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#hold = deps.hold ?? holdPort;
  }

  /** The listeners that cannot be reached there, by their ARN, with the reason. */
  async apply(nodes: readonly NodeDocuments[]): Promise<ReadonlyMap<string, string>> {
    const owners = (this.#owners ??= await this.#readOwners());
    const wishes = wishesOf(nodes);
    const wanted = new Set(wishes.map((wish) => `${keyOf(wish)} ${wish.listenerArn}`));
    for (const [key, listenerArn] of owners) if (!wanted.has(`${key} ${listenerArn}`)) owners.delete(key);
    for (const [key, held] of this.#held) {
      if (owners.has(key)) continue;
      this.#held.delete(key);
      await held.release();
    }
    const problems = new Map<string, string>();
    const led: LedPort[] = [];
    for (const wish of wishes) {
      const problem = await this.#take(wish, owners, wishes);
      if (problem === undefined) led.push(wish);
      else problems.set(wish.listenerArn, problem);
    }
    const rules = hostRules(this.#options.owner, led);
    // A firewall that was loaded anew takes the table away: cheap enough to set again at every change.
    if (this.#applied === undefined ? led.length > 0 || (await this.#hasTable()) : this.#applied !== rules) {
      await mustRun('nft', ['-f', '-'], rules);
    }
    this.#applied = rules;
    await this.#saveOwners(owners);
    return problems;
  }

  /** Gives the held ports back; what leads to the nodes stays. */
  async close(): Promise<void> {
    for (const held of this.#held.values()) await held.release();
    this.#held.clear();
  }

  async removeAll(): Promise<void> {
    await this.close();
    if (await this.#hasTable()) await mustRun('nft', ['-f', '-'], hostRules(this.#options.owner, []));
  }

  async #take(wish: Wish, owners: Map<string, string>, wishes: readonly Wish[]): Promise<string | undefined> {
    const key = keyOf(wish);
    const owner = owners.get(key);
    if (owner !== undefined && owner !== wish.listenerArn) {
      const other = wishes.find(({ listenerArn }) => listenerArn === owner);
      return `port ${wish.port} of the host belongs to the load balancer ${other?.balancer ?? owner}; it is reached at its own address only`;
    }
    if (!this.#held.has(key)) {
      const held = await this.#hold(wish.port, wish.protocol);
      if (held === undefined) {
        return `port ${wish.port} of the host is in use by another program; it is reached at its own address only`;
      }
      this.#held.set(key, held);
    }
    owners.set(key, wish.listenerArn);
    return undefined;
  }

  async #hasTable(): Promise<boolean> {
    const tables = await mustRun('nft', ['list', 'tables', 'ip']).catch(() => '');
    const [name = ''] = /roadstead_listeners_\w+/.exec(hostRules(this.#options.owner, [])) ?? [];
    return tables.includes(name);
  }

  async #readOwners(): Promise<Map<string, string>> {
    try {
      return new Map(JSON.parse(await readFile(this.#options.stateFile, 'utf8')) as [string, string][]);
    } catch {
      return new Map();
    }
  }

  async #saveOwners(owners: ReadonlyMap<string, string>): Promise<void> {
    const path = this.#options.stateFile;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, JSON.stringify([...owners]), { mode: 0o600 });
      await rename(`${path}.new`, path);
    } catch (error) {
      this.#deps.log.warn('who has which port could not be kept', { error: messageOf(error) });
    }
  }
}

function keyOf({ port, protocol }: Wish): string {
  return `${protocol}/${port}`;
}

function wishesOf(nodes: readonly NodeDocuments[]): readonly Wish[] {
  const wishes = new Map<string, Wish>();
  for (const { balancer, interface: own } of nodes) {
    if (balancer.scheme !== 'internet-facing') continue;
    for (const { listenerArn, port, protocol } of balancer.listeners) {
      const protocols: readonly PortProtocol[] =
        protocol === 'UDP' ? ['udp'] : protocol === 'TCP_UDP' ? ['tcp', 'udp'] : ['tcp'];
      for (const each of protocols) {
        const key = `${listenerArn} ${each}`;
        const nodesSoFar = wishes.get(key)?.nodes ?? [];
        wishes.set(key, {
          listenerArn,
          port,
          protocol: each,
          balancer: balancer.name,
          nodes: [...nodesSoFar, own.address],
        });
      }
    }
  }
  return [...wishes.values()];
}
