import type { HostDocument, HostDocumentKind } from '#wire/link';

/**
 * Where documents are kept, so that an agent that starts while no control plane is there goes on. A save resolves when
 * it would survive the end of the process.
 */
export interface HostStateStore {
  /** `undefined` when no complete state was ever kept. */
  load(): Promise<readonly HostDocument[] | undefined>;
  /** All documents of a kind; saves of one kind may be merged: the newest counts. */
  save(kind: HostDocumentKind, documents: readonly HostDocument[]): Promise<void>;
  /** What is kept is a complete state. */
  markComplete(): Promise<void>;
  /** Resolves when everything saved so far is down. */
  flush(): Promise<void>;
}

/** A memory that lasts as long as the object: for tests. */
export class MemoryHostStateStore implements HostStateStore {
  readonly #kinds = new Map<HostDocumentKind, readonly HostDocument[]>();
  #complete = false;

  async load(): Promise<readonly HostDocument[] | undefined> {
    return this.#complete ? [...this.#kinds.values()].flat() : undefined;
  }

  async save(kind: HostDocumentKind, documents: readonly HostDocument[]): Promise<void> {
    this.#kinds.set(kind, documents);
  }

  async markComplete(): Promise<void> {
    this.#complete = true;
  }

  async flush(): Promise<void> {}
}
