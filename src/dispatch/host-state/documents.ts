import type { HostDocumentKind } from '#wire/link';
import { type Compiled, type HostScope, ownScopes } from './compiler.ts';

/** Names a document among all: `kind/id`. */
export type DocumentKey = `${HostDocumentKind}/${string}`;

export function documentKey(kind: HostDocumentKind, id: string): DocumentKey {
  return `${kind}/${id}`;
}

export function documentAddress(key: DocumentKey): { readonly kind: HostDocumentKind; readonly id: string } {
  const slash = key.indexOf('/');
  return { kind: key.slice(0, slash) as HostDocumentKind, id: key.slice(slash + 1) };
}

interface Document {
  /** Of the whole HostDocument; one string for all hosts. */
  readonly text: string;
  readonly scopes: readonly HostScope[];
  readonly brings: Compiled<HostDocumentKind>['brings'];
}

/** Told of what changes for hosts. */
export interface DocumentListener {
  /** The document is new, different or gone for hosts that have or had one of the scopes. */
  changed(key: DocumentKey, scopes: ReadonlySet<HostScope>): void;
  /** The host gained or lost a scope: these documents appear or vanish there. */
  moved(host: string, keys: Iterable<DocumentKey>): void;
}

/** The documents of all hosts as they were last compiled, and who has a right to which. */
export class Documents {
  readonly #documents = new Map<DocumentKey, Document>();
  readonly #byScope = new Map<HostScope, Set<DocumentKey>>();
  /** Scopes that documents brought to hosts, each with how many did. */
  readonly #brought = new Map<string, Map<HostScope, number>>();
  /** What each host has anyway. */
  readonly #own = new Map<string, readonly HostScope[]>();
  readonly #listener: DocumentListener;

  constructor(listener: DocumentListener) {
    this.#listener = listener;
  }

  get size(): number {
    return this.#documents.size;
  }

  keys(): Iterable<DocumentKey> {
    return this.#documents.keys();
  }

  /** Takes what was compiled; `undefined`: there is no such document. */
  put<K extends HostDocumentKind>(kind: K, id: string, compiled: Compiled<K> | undefined): void {
    const key = documentKey(kind, id);
    const before = this.#documents.get(key);
    if (compiled === undefined) {
      if (before === undefined) return;
      this.#documents.delete(key);
      this.#place(key, before.scopes, []);
      this.#listener.changed(key, new Set(before.scopes));
      this.#bring(before.brings, undefined);
      return;
    }
    const { body, scopes, brings } = compiled;
    const text = JSON.stringify({ kind, id, body });
    const sameScopes = before !== undefined && sameList(before.scopes, scopes);
    if (before?.text !== text || !sameScopes) {
      this.#place(key, before?.scopes ?? [], scopes);
      this.#documents.set(key, { text, scopes, brings });
      this.#listener.changed(key, new Set([...(before?.scopes ?? []), ...scopes]));
    } else {
      this.#documents.set(key, { ...before, brings });
    }
    this.#bring(before?.brings, brings);
  }

  /** The document's text, if the host has a right to it. */
  textFor(host: string, key: DocumentKey): string | undefined {
    const document = this.#documents.get(key);
    if (document === undefined) return undefined;
    return document.scopes.some((scope) => this.#hasScope(host, scope)) ? document.text : undefined;
  }

  /** The documents that a host has a right to. */
  *keysFor(host: string): Iterable<DocumentKey> {
    const scopes = [...this.#ownScopes(host), ...(this.#brought.get(host)?.keys() ?? [])];
    const seen = new Set<DocumentKey>();
    for (const scope of scopes) {
      for (const key of this.#byScope.get(scope) ?? []) {
        if (seen.has(key)) continue;
        seen.add(key);
        yield key;
      }
    }
  }

  /** Whether the host has one of the scopes. */
  concerns(host: string, scopes: ReadonlySet<HostScope>): boolean {
    for (const scope of scopes) if (this.#hasScope(host, scope)) return true;
    return false;
  }

  #hasScope(host: string, scope: HostScope): boolean {
    return this.#ownScopes(host).includes(scope) || this.#brought.get(host)?.has(scope) === true;
  }

  #ownScopes(host: string): readonly HostScope[] {
    const known = this.#own.get(host);
    if (known !== undefined) return known;
    const scopes = ownScopes(host);
    this.#own.set(host, scopes);
    return scopes;
  }

  #place(key: DocumentKey, before: readonly HostScope[], after: readonly HostScope[]): void {
    for (const scope of before) {
      const keys = this.#byScope.get(scope);
      keys?.delete(key);
      if (keys?.size === 0) this.#byScope.delete(scope);
    }
    for (const scope of after) {
      const keys = this.#byScope.get(scope);
      if (keys === undefined) this.#byScope.set(scope, new Set([key]));
      else keys.add(key);
    }
  }

  #bring(before: Document['brings'], after: Document['brings']): void {
    if (before?.host === after?.host && before?.scope === after?.scope) return;
    if (after !== undefined) this.#count(after.host, after.scope, 1);
    if (before !== undefined) this.#count(before.host, before.scope, -1);
  }

  #count(host: string, scope: HostScope, by: 1 | -1): void {
    const scopes = this.#brought.get(host) ?? new Map<HostScope, number>();
    const count = (scopes.get(scope) ?? 0) + by;
    if (count === 0) scopes.delete(scope);
    else scopes.set(scope, count);
    if (scopes.size === 0) this.#brought.delete(host);
    else this.#brought.set(host, scopes);
    if (count === 0 || (count === 1 && by === 1)) this.#listener.moved(host, this.#byScope.get(scope) ?? []);
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
