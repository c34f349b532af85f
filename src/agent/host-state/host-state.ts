import { type Clock, type Ids, type Logger, messageOf, type Random } from '#base';
import type { Connection, HostDocument, HostDocumentKind, RoadsteadHostStateMessage } from '#wire/link';
import { KeptDocuments } from './documents.ts';
import type { HostPart } from './part.ts';
import { PartRunner } from './part-runner.ts';
import { HostReporter } from './reporter.ts';
import type { HostStateStore } from './store.ts';

export interface HostStateOptions {
  readonly containerInstanceArn: string;
  /** Those that this host can do. */
  readonly parts: readonly HostPart[];
}

export interface HostStateDeps {
  readonly store: HostStateStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly log: Logger;
}

/** A series of messages that has not come to its last. */
interface Series {
  readonly connection: Connection;
  readonly put: HostDocument[];
  readonly remove: { readonly kind: HostDocumentKind; readonly id: string }[];
}

/**
 * What this host shall be beside its tasks: takes the control plane's documents, keeps them on disk, and has the host's
 * parts make it so. After a restart what was kept is in effect before the control plane is there.
 */
export class HostState implements AsyncDisposable {
  readonly #deps: HostStateDeps;
  readonly #documents: KeptDocuments;
  readonly #runners: readonly PartRunner[];
  readonly #reporter: HostReporter;
  /** A complete state was had once: until then nothing is known and nothing is done. */
  #known: boolean;
  #series: Series | undefined;
  /** The message taken last: the same may come again, and must not count as a series of its own. */
  #latest: { readonly connection: Connection; readonly messageId: string } | undefined;
  /** Kinds that are not on disk as they are. */
  readonly #unsaved = new Set<HostDocumentKind | 'complete'>();
  #saving: Promise<void> = Promise.resolve();

  /** Begins with what was kept; it is being applied when this returns. */
  static async start(options: HostStateOptions, deps: HostStateDeps): Promise<HostState> {
    return new HostState(options, deps, await deps.store.load());
  }

  private constructor(
    { containerInstanceArn, parts }: HostStateOptions,
    deps: HostStateDeps,
    kept: readonly HostDocument[] | undefined,
  ) {
    this.#deps = deps;
    this.#documents = new KeptDocuments(kept);
    this.#known = kept !== undefined;
    this.#reporter = new HostReporter(deps);
    const host = { containerInstanceArn, reporting: this.#reporter };
    this.#runners = parts.map((part) => new PartRunner(part, host, { ...deps, documents: this.#documents }));
    if (this.#known) for (const runner of this.#runners) runner.changed('all');
  }

  /** The control channel is open. */
  opened(connection: Connection): void {
    this.#series = undefined;
    this.#reporter.opened(connection);
  }

  closed(): void {
    this.#series = undefined;
    this.#reporter.closed();
  }

  /** Takes a message; `acknowledge` is called once the agent has what it said. */
  receive(message: RoadsteadHostStateMessage, connection: Connection, acknowledge: () => void): void {
    const { messageId, last } = message;
    const repeated = this.#latest?.connection === connection && this.#latest.messageId === messageId;
    this.#latest = { connection, messageId };
    if (!repeated) this.#take(message, connection);
    if (!last) {
      acknowledge();
      return;
    }
    this.#save().then(acknowledge, (error: unknown) => {
      // Without an acknowledgment it comes again.
      this.#deps.log.error('documents of the control plane could not be kept', { error: messageOf(error) });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const runner of this.#runners) await runner[Symbol.asyncDispose]();
    await this.#saving.catch(() => {});
    await this.#deps.store.flush();
  }

  /** Gathers the messages of a series; the last puts it in effect. */
  #take({ complete, last, put, remove }: RoadsteadHostStateMessage, connection: Connection): void {
    if (this.#series?.connection !== connection) this.#series = { connection, put: [], remove: [] };
    const series = this.#series;
    series.put.push(...put);
    series.remove.push(...remove);
    if (!last) return;
    this.#series = undefined;
    const changed = this.#documents.apply(series.put, complete ? this.#notNamed(series.put) : series.remove);
    for (const kind of changed.keys()) this.#unsaved.add(kind);
    const first = complete && !this.#known;
    if (first) this.#unsaved.add('complete');
    this.#known ||= complete;
    if (this.#known) for (const runner of this.#runners) runner.changed(first ? 'all' : changed);
  }

  #notNamed(put: readonly HostDocument[]): { readonly kind: HostDocumentKind; readonly id: string }[] {
    return [...this.#documents.except(new Set(put.map(({ kind, id }) => `${kind}/${id}`)))];
  }

  #save(): Promise<void> {
    this.#saving = this.#saving.catch(() => {}).then(() => this.#saveAll());
    return this.#saving;
  }

  async #saveAll(): Promise<void> {
    const { store } = this.#deps;
    const parts = [...this.#unsaved];
    this.#unsaved.clear();
    try {
      const kinds = parts.filter((part) => part !== 'complete');
      await Promise.all(kinds.map((kind) => store.save(kind, this.#documents.list(kind))));
      if (parts.includes('complete')) await store.markComplete();
    } catch (error) {
      for (const part of parts) this.#unsaved.add(part);
      throw error;
    }
  }
}
