import { type Clock, type Logger, messageOf, type Random, sleep } from '#base';
import { resolverAddress } from '#model';
import type { HostDocument, HostDocumentKind, HostDocuments, VpcDocument } from '#wire/link';
import type { Forwarder, Transport } from './forwarder.ts';
import { limits } from './limits.ts';
import { Listener } from './listener.ts';
import { type Client, isRefused, Resolver } from './resolver.ts';
import type { AnswerFor, Siblings } from './siblings.ts';
import { Zones } from './zones.ts';

type Asks = Pick<Client, 'asker' | 'forwards'>;

/** Where a question came from, and at which address it was asked: of a VPC's resolver, or of all. */
interface Where {
  readonly from: string;
  readonly at: string;
  readonly vpcId: string | undefined;
}

/** The documents of this host, by kind and id. */
interface DocumentSet {
  all<K extends HostDocumentKind>(kind: K): ReadonlyMap<string, HostDocuments[K]>;
}

/** The kinds of documents that names are answered by. */
const nameKinds = ['zone', 'name', 'vpc', 'interface', 'host-ports'] as const satisfies readonly HostDocumentKind[];

/** Addresses of this host, as a port; each call may be repeated. */
export interface HostAddresses {
  add(address: string): Promise<void>;
  remove(address: string): Promise<void>;
}

export interface NameServerOptions {
  /** Of names of interfaces: `<region>.compute.internal`, or `ec2.internal`. */
  readonly domain: string;
  /** Where it answers whoever asks; the resolver's own unless a test has another. */
  readonly address?: string;
  readonly port?: number;
}

export interface NameServerDeps {
  readonly addresses: HostAddresses;
  readonly forwarder: Forwarder;
  /** Absent: this agent is the only one of its host. */
  readonly siblings?: Siblings;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The names of a host's tasks: told of zones, names, VPCs and interfaces by documents, asked at the addresses of its
 * VPCs' resolvers. Who asks is known by the address asked from.
 */
export class NameServer implements AsyncDisposable {
  readonly family = 'names';
  readonly kinds = nameKinds;
  readonly #options: NameServerOptions;
  readonly #deps: NameServerDeps;
  readonly #address: string;
  /** What was taken of each kind. */
  readonly #known = new Map<HostDocumentKind, Set<string>>();
  readonly #zones = new Zones();
  readonly #vpcs = new Map<string, VpcDocument>();
  /** VPC of each interface, and VPC of each address. */
  readonly #interfaces = new Map<string, readonly string[]>();
  readonly #vpcOfAddress = new Map<string, string>();
  /** Of what bridge tasks of this host publish. */
  readonly #hostVpcs = new Map<string, string>();
  readonly #listeners = new Map<string, Listener>();
  readonly #resolver: Resolver;
  readonly #stop = new AbortController();
  #changed = Promise.withResolvers<void>();
  #serving: Promise<void> | undefined;
  #problem: string | undefined;

  constructor(options: NameServerOptions, deps: NameServerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#address = options.address ?? resolverAddress;
    this.#resolver = new Resolver({
      zones: this.#zones,
      interfaces: { vpcOf: (address) => this.#vpcOfAddress.get(address), domain: options.domain },
      forwarder: deps.forwarder,
      random: deps.random,
    });
  }

  /** Whether this host can have the resolver's address. */
  async probe(): Promise<{ readonly available: boolean; readonly problems: readonly string[] }> {
    try {
      await this.#deps.addresses.add(this.#address);
      return { available: true, problems: [] };
    } catch (error) {
      return { available: false, problems: [messageOf(error)] };
    }
  }

  /** Begins to answer; addresses that are somebody else's are tried again. */
  start(): this {
    this.#serving ??= this.#serve();
    return this;
  }

  /** Takes what is new, different or gone; `'all'`: it may be anything. */
  async apply(
    documents: DocumentSet,
    changed: ReadonlyMap<HostDocumentKind, ReadonlySet<string>> | 'all',
  ): Promise<void> {
    for (const kind of this.kinds) {
      const known = this.#known.get(kind) ?? new Set<string>();
      this.#known.set(kind, known);
      const all = documents.all(kind);
      const ids = changed === 'all' ? new Set([...known, ...all.keys()]) : (changed.get(kind) ?? []);
      for (const id of ids) {
        const body = all.get(id);
        if (body === undefined) known.delete(id);
        else known.add(id);
        if (body === undefined) this.remove({ kind, id });
        else this.put({ kind, id, body } as HostDocument);
      }
    }
  }

  put({ kind, id, body }: HostDocument): void {
    if (kind === 'zone') this.#zones.putZone(id, body);
    else if (kind === 'name') this.#zones.putName(id, body);
    else if (kind === 'interface') this.#putInterface(id, body.vpcId, body.addresses);
    else if (kind === 'host-ports') this.#hostVpcs.set(id, body.vpcId);
    else if (kind === 'vpc') {
      this.#vpcs.set(id, body);
      this.#changed.resolve();
    }
  }

  remove({ kind, id }: { readonly kind: HostDocumentKind; readonly id: string }): void {
    if (kind === 'zone') this.#zones.removeZone(id);
    else if (kind === 'name') this.#zones.removeName(id);
    else if (kind === 'interface') this.#putInterface(id, '', []);
    else if (kind === 'host-ports') this.#hostVpcs.delete(id);
    else if (kind === 'vpc') {
      this.#vpcs.delete(id);
      this.#changed.resolve();
    }
  }

  #putInterface(id: string, vpcId: string, addresses: readonly string[]): void {
    for (const address of this.#interfaces.get(id) ?? []) this.#vpcOfAddress.delete(address);
    if (addresses.length === 0) this.#interfaces.delete(id);
    else this.#interfaces.set(id, addresses);
    for (const address of addresses) this.#vpcOfAddress.set(address, vpcId);
  }

  async #serve(): Promise<void> {
    const { signal } = this.#stop;
    const answer: AnswerFor = (message, from, transport) => this.#answerSibling(message, from, transport);
    await using _serving = await this.#deps.siblings?.serve(answer).catch((error: unknown) => {
      this.#deps.log.warn('other agents of this host cannot ask for names', { error: messageOf(error) });
      return undefined;
    });
    while (!signal.aborted) {
      this.#changed = Promise.withResolvers<void>();
      const complete = await this.#listenWhereWanted();
      const { promise } = this.#changed;
      const again = complete
        ? new Promise<never>(() => undefined)
        : sleep(this.#deps.clock, limits.retryListenMs, signal);
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await Promise.race([promise, again, stopped]).catch(() => undefined);
    }
  }

  /** Opens and closes listeners until they are those wanted; false when one could not be opened. */
  async #listenWhereWanted(): Promise<boolean> {
    const wanted = new Map<string, string | undefined>([[this.#address, undefined]]);
    for (const [vpcId, vpc] of this.#vpcs)
      if (vpc.resolverAddress !== undefined) wanted.set(vpc.resolverAddress, vpcId);
    for (const [address, listener] of this.#listeners) {
      if (wanted.has(address)) continue;
      this.#listeners.delete(address);
      await this.#close(address, listener);
    }
    let complete = true;
    for (const [address, vpcId] of wanted) {
      if (this.#listeners.has(address)) continue;
      complete = (await this.#open(address, vpcId)) && complete;
    }
    return complete;
  }

  async #open(address: string, vpcId: string | undefined): Promise<boolean> {
    const { addresses, log } = this.#deps;
    const { port = 53 } = this.#options;
    const answer: AnswerFor = (message, from, transport) =>
      this.#answer(message, transport, { from, at: address, vpcId });
    const shared = this.#deps.siblings !== undefined;
    try {
      await addresses.add(address);
      this.#listeners.set(address, await Listener.open({ address, port, answer, shared }));
      this.#problem = undefined;
      return true;
    } catch (error) {
      const problem = messageOf(error);
      // Told once, not with every try.
      if (problem !== this.#problem) log.warn('names cannot be answered at an address', { address, error: problem });
      this.#problem = problem;
      return false;
    }
  }

  async #close(address: string, listener: Listener): Promise<void> {
    await listener[Symbol.asyncDispose]();
    await this.#deps.addresses.remove(address).catch((error: unknown) => {
      this.#deps.log.warn('the address of a resolver stays', { address, error: messageOf(error) });
    });
  }

  #answer(message: Buffer, transport: Transport, where: Where): ReturnType<AnswerFor> {
    const client = this.#interfaceAt(where.from) ?? this.#hostAt(where);
    if (client !== undefined && this.#deps.siblings === undefined) {
      return this.#resolver.answer(message, { ...client, transport });
    }
    if (client !== undefined && client.asker !== 'host')
      return this.#resolver.answer(message, { ...client, transport });
    return this.#answerWithSiblings(message, transport, { ...where, client });
  }

  /** Who asks, or what the host asks for, may be known to another agent of this host. */
  async #answerWithSiblings(
    message: Buffer,
    transport: Transport,
    { from, client }: Where & { readonly client: Asks | undefined },
  ): Promise<Buffer | undefined> {
    if (client !== undefined) {
      const own = await this.#resolver.answer(message, { ...client, forwards: false, transport });
      if (!isRefused(own)) return own;
    }
    const theirs = await this.#deps.siblings?.ask(message, client === undefined ? from : '', transport);
    return theirs ?? (await this.#resolver.answer(message, { ...(client ?? this.#bridgeTask()), transport }));
  }

  /** What another agent of this host asks: for its client, or, without an address, for the host. */
  async #answerSibling(message: Buffer, from: string, transport: Transport): Promise<Buffer | undefined> {
    const client = from === '' ? { asker: 'host' as const, forwards: false } : this.#interfaceAt(from);
    if (client === undefined) return undefined;
    const answer = await this.#resolver.answer(message, { ...client, transport });
    return from === '' && isRefused(answer) ? undefined : answer;
  }

  /** An interface asks for its VPC; one without DNS support is answered nothing. */
  #interfaceAt(from: string): Asks | undefined {
    const own = this.#vpcOfAddress.get(from);
    if (own === undefined) return undefined;
    const vpc = this.#vpcs.get(own);
    const supported = vpc === undefined || vpc.resolverAddress !== undefined;
    return { asker: { vpcId: supported ? own : '' }, forwards: supported };
  }

  /** The host itself asks for all VPCs, or for the one whose resolver it asks. */
  #hostAt({ from, at, vpcId }: Where): Asks | undefined {
    if (from !== at && !from.startsWith('127.')) return undefined;
    return { asker: vpcId === undefined ? 'host' : { vpcId }, forwards: true };
  }

  /** Whoever else comes is a bridge task, which belongs to the VPC of its host's groups, if it has any. */
  #bridgeTask(): Asks {
    const [hostVpc] = this.#hostVpcs.values();
    return { asker: hostVpc === undefined ? 'host' : { vpcId: hostVpc }, forwards: true };
  }

  /** Stops answering. The addresses stay: who comes after finds them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#serving;
    await Promise.all([...this.#listeners.values()].map((listener) => listener[Symbol.asyncDispose]()));
    this.#listeners.clear();
  }
}
