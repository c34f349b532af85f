import { mkdir } from 'node:fs/promises';
import { Fault, type Logger, messageOf } from '#base';
import { type HostDocument, type HostDocumentKind, hostDocumentKinds } from '#wire/link';
import { FileWriter, readJson } from '../state/files.ts';
import type { HostStateStore } from './store.ts';

/**
 * Documents in the agent's data directory, a file per kind: `host-state/<kind>.json`, readable by the owner alone, for
 * certificates have private keys. What cannot be read counts as never kept: the control plane says it again.
 */
export class HostStateFiles implements HostStateStore {
  readonly #directory: string;
  readonly #log: Logger;
  readonly #writers = new Map<string, FileWriter>();

  constructor(options: { readonly directory: string }, deps: { readonly log: Logger }) {
    this.#directory = `${options.directory}/host-state`;
    this.#log = deps.log;
  }

  async load(): Promise<readonly HostDocument[] | undefined> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    try {
      const head = await readJson<{ readonly format: number }>(this.#path('complete'));
      if (head?.format !== 1) return undefined;
      const lists = await Promise.all(
        hostDocumentKinds.map(async (kind) => (await readJson<readonly HostDocument[]>(this.#path(kind))) ?? []),
      );
      return lists.flat();
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'StateFormat') throw error;
      this.#log.warn('what was kept of the control plane’s documents cannot be read', { error: messageOf(error) });
      return undefined;
    }
  }

  save(kind: HostDocumentKind, documents: readonly HostDocument[]): Promise<void> {
    return this.#write(kind, JSON.stringify(documents));
  }

  markComplete(): Promise<void> {
    return this.#write('complete', JSON.stringify({ format: 1 }));
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#writers.values()].map((writer) => writer.settled()));
  }

  #write(name: string, text: string): Promise<void> {
    let writer = this.#writers.get(name);
    if (writer === undefined) {
      writer = new FileWriter(this.#path(name));
      this.#writers.set(name, writer);
    }
    return writer.write(text);
  }

  #path(name: string): string {
    return `${this.#directory}/${name}.json`;
  }
}
