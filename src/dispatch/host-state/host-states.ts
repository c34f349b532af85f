import { type Clock, type Ids, type Logger, messageOf, type Turnstile } from '#base';
import { attributeValue, type ContainerInstance } from '#model';
import type { Revision, RoadsteadCommit, RoadsteadStore, RoadsteadView } from '#store';
import { capabilityOf, type HostDocumentKind, type HostStateFamily, hostStateFamilies } from '#wire/link';
import type { Background } from '../background.ts';
import type { DispatchSettings } from '../limits.ts';
import { HostStateChannel } from './channel.ts';
import type { Compiled, HostStateCompiler, RecordChange } from './compiler.ts';
import { type DocumentKey, Documents, documentKey } from './documents.ts';
import { compileAgainMs, documentsPerTurn } from './limits.ts';

export interface HostStatesDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly turns: Turnstile;
  readonly background: Background;
}

interface Dirty {
  readonly compiler: HostStateCompiler;
  readonly id: string;
}

/**
 * Keeps the documents of all connected hosts as the store's records say. While no agent that wants documents is
 * connected, nothing is compiled and no commit is looked at.
 */
export class HostStates {
  readonly #settings: Pick<DispatchSettings, 'resendMs'>;
  readonly #compilers: readonly HostStateCompiler[];
  readonly #deps: HostStatesDeps;
  readonly #channels = new Map<string, Set<HostStateChannel>>();
  #documents = this.#newDocuments();
  readonly #dirty = new Map<DocumentKey, Dirty>();
  /** Everything is to be compiled (again). */
  #reload = true;
  #flushing = false;
  /** The last commit that was looked at. */
  #observed: Revision = 0;

  constructor(
    settings: Pick<DispatchSettings, 'resendMs'>,
    compilers: readonly HostStateCompiler[],
    deps: HostStatesDeps,
  ) {
    this.#settings = settings;
    this.#compilers = compilers;
    this.#deps = deps;
  }

  /** The channel of a new connection; `undefined` when the agent wants no documents. */
  open(instance: ContainerInstance, send: (text: string) => void): HostStateChannel | undefined {
    const families = familiesOf(instance);
    if (families.size === 0) return undefined;
    const { containerInstanceArn: host } = instance;
    const { clock, ids } = this.#deps;
    const channel = new HostStateChannel({ host, families, ...this.#settings }, { send, clock, ids });
    const channels = this.#channels.get(host);
    if (channels === undefined) this.#channels.set(host, new Set([channel]));
    else channels.add(channel);
    return channel;
  }

  /** The connection is ready to be told. */
  begin(): void {
    this.#spawnFlush();
  }

  close(channel: HostStateChannel): void {
    channel.end();
    const channels = this.#channels.get(channel.host);
    channels?.delete(channel);
    if (channels?.size === 0) this.#channels.delete(channel.host);
    if (this.#channels.size > 0) return;
    // Nobody listens: what is known would only grow old.
    this.#reload = true;
    this.#dirty.clear();
    this.#documents = this.#newDocuments();
  }

  /** The agent acknowledged a message; false when it was none of documents. */
  acked(channel: HostStateChannel, messageId: string): boolean {
    if (!channel.acked(messageId)) return false;
    if (!this.#reload && this.#dirty.size === 0) channel.flush(this.#documents);
    else this.#spawnFlush();
    return true;
  }

  /** Whether the host has acknowledged all that it is to have as of a revision; false when it is not connected. */
  inStep(host: string, revision: Revision): boolean {
    const channels = this.#channels.get(host);
    if (channels === undefined || this.#reload || this.#flushing || this.#dirty.size > 0) return false;
    return this.#observed >= revision && [...channels].every(({ settled }) => settled);
  }

  /** A durable commit. */
  observe(commit: RoadsteadCommit): void {
    this.#observed = commit.revision;
    if (this.#channels.size === 0 || this.#reload) return;
    const { view } = this.#deps.store;
    for (const change of commit.changes) {
      for (const compiler of this.#compilers) {
        const concerned = compiler.changedBy[change.table] as
          | ((change: RecordChange<never>, view: RoadsteadView) => Iterable<string>)
          | undefined;
        if (concerned === undefined) continue;
        for (const id of concerned(change as unknown as RecordChange<never>, view)) this.#mark(compiler, id);
      }
    }
    if (this.#dirty.size > 0) this.#spawnFlush();
  }

  /** Some commits were missed. */
  reload(): void {
    this.#reload = true;
    if (this.#channels.size > 0) this.#spawnFlush();
  }

  #newDocuments(): Documents {
    const documents: Documents = new Documents({
      changed: (key, scopes) => {
        for (const [host, channels] of this.#channels) {
          if (documents.concerns(host, scopes)) for (const channel of channels) channel.note(key);
        }
      },
      moved: (host, keys) => {
        const channels = this.#channels.get(host);
        if (channels !== undefined) for (const key of keys) for (const channel of channels) channel.note(key);
      },
    });
    return documents;
  }

  #mark(compiler: HostStateCompiler, id: string): void {
    this.#dirty.set(documentKey(compiler.kind, id), { compiler, id });
  }

  #spawnFlush(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#deps.background.spawn('host states', async () => {
      try {
        await this.#compileAll();
      } catch (error) {
        // Refused by a store that is ending or full.
        this.#deps.logger.warn('documents of hosts could not be made', { error: messageOf(error) });
        this.#reload = true;
        this.#flushing = false;
        // There may be no commit to ask for it.
        this.#deps.clock.setTimer(compileAgainMs, () => this.reload());
        return;
      }
      for (const channels of this.#channels.values()) for (const channel of channels) channel.flush(this.#documents);
    });
  }

  /** The flush is over in the very moment in which nothing is left: whoever marks something after begins the next. */
  async #compileAll(): Promise<void> {
    const { store, turns } = this.#deps;
    while ((this.#reload || this.#dirty.size > 0) && this.#channels.size > 0) {
      await turns.passFirst();
      if (this.#reload) {
        this.#reload = false;
        for (const key of await store.read((view) => this.#allKeys(view))) this.#mark(key.compiler, key.id);
        continue;
      }
      const batch = [...this.#dirty].slice(0, documentsPerTurn);
      for (const [key] of batch) this.#dirty.delete(key);
      const documents = this.#documents;
      const compiled = await store.read((view) => batch.map(([, dirty]) => this.#compile(view, dirty)));
      for (const [index, [, { compiler, id }]] of batch.entries()) documents.put(compiler.kind, id, compiled[index]);
    }
    this.#flushing = false;
  }

  /** Those there should be, and those that were there before. */
  #allKeys(view: RoadsteadView): Dirty[] {
    const known = new Map<string, string[]>();
    for (const key of this.#documents.keys()) {
      const slash = key.indexOf('/');
      const ids = known.get(key.slice(0, slash)) ?? [];
      ids.push(key.slice(slash + 1));
      known.set(key.slice(0, slash), ids);
    }
    return this.#compilers.flatMap((compiler) =>
      [...compiler.all(view), ...(known.get(compiler.kind) ?? [])].map((id) => ({ compiler, id })),
    );
  }

  /** A document that cannot be made keeps no other from its host. */
  #compile(view: RoadsteadView, { compiler, id }: Dirty): Compiled<HostDocumentKind> | undefined {
    try {
      return compiler.compile(view, id);
    } catch (error) {
      this.#deps.logger.error('a document could not be made', { kind: compiler.kind, id, error: messageOf(error) });
      return undefined;
    }
  }
}

/** What the agent announced when it registered. */
function familiesOf(instance: ContainerInstance): ReadonlySet<HostStateFamily> {
  return new Set(hostStateFamilies.filter((family) => attributeValue(instance, capabilityOf(family)) !== undefined));
}
