import { backoffMs, type Clock, type Logger, messageOf, type Random, sleep } from '#base';
import type { HostDocumentKind } from '#wire/link';
import { applyBackoff } from '../limits.ts';
import type { HostDocumentChanges, HostDocumentSet, HostPart, HostPartHost, HostPartRun } from './part.ts';

export interface PartRunnerDeps {
  readonly documents: HostDocumentSet;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Has one part apply what changed, one call after the other; what fails is tried again until it succeeds. */
export class PartRunner implements AsyncDisposable {
  readonly #part: HostPart;
  readonly #deps: PartRunnerDeps;
  readonly #run: HostPartRun;
  readonly #stop = new AbortController();
  #pending: Map<HostDocumentKind, Set<string>> | 'all' | undefined;
  #working: Promise<void> | undefined;

  constructor(part: HostPart, host: HostPartHost, deps: PartRunnerDeps) {
    this.#part = part;
    this.#deps = deps;
    this.#run = part.start(host);
  }

  /** These documents are new, different or gone. */
  changed(changes: HostDocumentChanges): void {
    this.#add(changes);
    if (this.#pending === undefined || this.#stop.signal.aborted) return;
    this.#working ??= this.#work();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the agent ends'));
    await this.#working;
    await this.#run[Symbol.asyncDispose]();
  }

  /** It is over in the very moment in which nothing is left: whoever adds something after begins anew. */
  async #work(): Promise<void> {
    const { clock, random, log, documents } = this.#deps;
    const { signal } = this.#stop;
    for (let attempt = 0; this.#pending !== undefined && !signal.aborted; ) {
      const changes = this.#pending;
      this.#pending = undefined;
      try {
        await this.#run.apply(documents, changes);
        attempt = 0;
      } catch (error) {
        this.#add(changes);
        const retryInMs = backoffMs(applyBackoff, attempt++, random);
        const { family } = this.#part;
        log.warn('this host could not be made as it shall be', { family, error: messageOf(error), retryInMs });
        await sleep(clock, retryInMs, signal).catch(() => {});
      }
    }
    this.#working = undefined;
  }

  #add(changes: HostDocumentChanges): void {
    if (changes === 'all' || this.#pending === 'all') {
      this.#pending = 'all';
      return;
    }
    for (const kind of this.#part.kinds) {
      const ids = changes.get(kind);
      if (ids === undefined || ids.size === 0) continue;
      this.#pending ??= new Map();
      this.#pending.set(kind, new Set([...(this.#pending.get(kind) ?? []), ...ids]));
    }
  }
}
