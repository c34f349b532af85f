import type { HostDocument, HostDocumentKind, HostDocuments } from '#wire/link';
import type { HostDocumentSet } from './part.ts';

type Kept = Map<HostDocumentKind, Map<string, HostDocuments[HostDocumentKind]>>;

/** The documents of this host, in memory. */
export class KeptDocuments implements HostDocumentSet {
  readonly #kinds: Kept = new Map();

  constructor(documents: Iterable<HostDocument> = []) {
    for (const document of documents) this.#of(document.kind).set(document.id, document.body);
  }

  find<K extends HostDocumentKind>(kind: K, id: string): HostDocuments[K] | undefined {
    return this.all(kind).get(id);
  }

  all<K extends HostDocumentKind>(kind: K): ReadonlyMap<string, HostDocuments[K]> {
    return this.#of(kind);
  }

  /** The documents of a kind, as they are kept. */
  list(kind: HostDocumentKind): HostDocument[] {
    return [...this.#of(kind)].map(([id, body]) => ({ kind, id, body }) as HostDocument);
  }

  /** Takes changes; those to what is not the same already are given back, by kind. */
  apply(
    put: readonly HostDocument[],
    remove: readonly { readonly kind: HostDocumentKind; readonly id: string }[],
  ): Map<HostDocumentKind, Set<string>> {
    const changed = new Map<HostDocumentKind, Set<string>>();
    const note = (kind: HostDocumentKind, id: string): void => {
      const ids = changed.get(kind);
      if (ids === undefined) changed.set(kind, new Set([id]));
      else ids.add(id);
    };
    for (const { kind, id } of remove) if (this.#of(kind).delete(id)) note(kind, id);
    for (const { kind, id, body } of put) {
      const documents = this.#of(kind);
      const known = documents.get(id);
      if (known !== undefined && JSON.stringify(known) === JSON.stringify(body)) continue;
      documents.set(id, body);
      note(kind, id);
    }
    return changed;
  }

  /** The addresses of all documents but those named. */
  *except(named: ReadonlySet<string>): Iterable<{ readonly kind: HostDocumentKind; readonly id: string }> {
    for (const [kind, documents] of this.#kinds) {
      for (const id of documents.keys()) if (!named.has(`${kind}/${id}`)) yield { kind, id };
    }
  }

  #of<K extends HostDocumentKind>(kind: K): Map<string, HostDocuments[K]> {
    let documents = this.#kinds.get(kind);
    if (documents === undefined) {
      documents = new Map();
      this.#kinds.set(kind, documents);
    }
    return documents as Map<string, HostDocuments[K]>;
  }
}
