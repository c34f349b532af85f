import type { Random } from '#base';
import type { Forwarder, Transport } from './forwarder.ts';
import type { Interfaces } from './internal-names.ts';
import { lookup } from './lookup.ts';
import { type Query, readQuery } from './query.ts';
import { recordsOf } from './read-records.ts';
import { type Answer, datagramBytes, writeFailure, writeResponse } from './response.ts';
import { type Rcode, rcodes } from './types.ts';
import type { Asker, Zones } from './zones.ts';

/** Who asks, and how. */
export interface Client {
  readonly asker: Asker;
  readonly transport: Transport;
  /** Whether names that are not ours may be asked for elsewhere. */
  readonly forwards: boolean;
}

export interface ResolverDeps {
  readonly zones: Zones;
  readonly interfaces: Interfaces;
  readonly forwarder: Forwarder;
  readonly random: Random;
}

const maxTcpBytes = 65_535;

/** Whether nothing is known of what was asked for, and nobody else was to be asked. */
export function isRefused(answer: Buffer | undefined): boolean {
  return answer === undefined || ((answer[3] ?? 0) & 0xf) === rcodes.REFUSED;
}

/** Answers messages of DNS: what the zones say at once, the rest by asking the host's servers. */
export class Resolver {
  readonly #deps: ResolverDeps;
  /** Questions that are being asked elsewhere on behalf of the host itself. */
  readonly #asked = new Set<string>();

  constructor(deps: ResolverDeps) {
    this.#deps = deps;
  }

  /** The answer, at once where it can be; `undefined` where none is due. */
  answer(message: Buffer, client: Client): Buffer | undefined | Promise<Buffer | undefined> {
    const read = readQuery(message);
    if (!read.ok) return read.bad.id === undefined ? undefined : writeFailure(read.bad.id, read.bad.rcode);
    const { query } = read;
    const limit = client.transport === 'udp' ? datagramBytes(query) : maxTcpBytes;
    const found = lookup(this.#deps, query, client.asker);
    if (found.kind === 'answer') return writeResponse(query, found.answer, limit);
    if (!client.forwards) return writeResponse(query, only(rcodes.REFUSED), limit);
    if (found.kind === 'forward') return this.#forward(message, query, client, limit);
    return this.#chase(query, client, found, limit);
  }

  /** As it came, so that nothing of what a client asks for is lost. */
  async #forward(message: Buffer, query: Query, client: Client, limit: number): Promise<Buffer> {
    // A server of the host's that asks us in turn would go round for ever.
    const own = client.asker === 'host' ? `${query.key} ${query.type}` : undefined;
    if (own !== undefined && this.#asked.has(own)) return writeResponse(query, only(rcodes.SERVFAIL), limit);
    if (own !== undefined) this.#asked.add(own);
    try {
      return await this.#deps.forwarder.ask(message, client.transport);
    } catch {
      return writeResponse(query, only(rcodes.SERVFAIL), limit);
    } finally {
      if (own !== undefined) this.#asked.delete(own);
    }
  }

  /** The rest of a chain of CNAMEs that leaves our zones. */
  async #chase(
    query: Query,
    client: Client,
    found: Extract<ReturnType<typeof lookup>, { kind: 'chase' }>,
    limit: number,
  ): Promise<Buffer> {
    const { so, target } = found;
    try {
      const answer = await this.#deps.forwarder.ask(questionFor(target, query.type), 'tcp').catch(async () => {
        return await this.#deps.forwarder.ask(questionFor(target, query.type), 'udp');
      });
      const { rcode, records } = recordsOf(answer);
      return writeResponse(query, { rcode, answers: [...so, ...records], authority: [] }, limit);
    } catch {
      return writeResponse(query, { ...only(rcodes.SERVFAIL), answers: so }, limit);
    }
  }
}

function only(rcode: Rcode): Answer {
  return { rcode, answers: [], authority: [] };
}

/** A question of our own; the forwarder gives it its id. */
function questionFor(name: string, type: number): Buffer {
  const labels = name.split('.').flatMap((label) => [Buffer.of(label.length), Buffer.from(label, 'latin1')]);
  const header = Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, ...labels, Buffer.of(0, type >> 8, type & 0xff, 0, 1)]);
}
