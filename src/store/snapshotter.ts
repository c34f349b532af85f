import { type Logger, messageOf } from '#base';
import type { Journal, SnapshotWriter } from './journal.ts';
import type { StoreLimits } from './limits.ts';
import type { Table } from './table.ts';
import { bodyOf } from './text/codec.ts';
import { TableText } from './text/snapshot-text.ts';
import type { Revision } from './types.ts';

/** What a snapshot needs of the store it is taken of. */
export interface SnapshotSource {
  readonly tables: ReadonlyMap<string, Table>;
  readonly schemaVersion: number;
  now(): SourceNow;
  /** Resolves when all that is in memory now is on disk; rejects when it is taken back. */
  durable(): Promise<void>;
}

export interface SourceNow {
  readonly revision: Revision;
  readonly durableRevision: Revision;
  readonly lastCreated: number;
  /** Grows when commits are taken back: what a chunk has seen of them never was. */
  readonly refusals: number;
  /** The store is being closed: a snapshot can wait until it is open again. */
  readonly closing: boolean;
}

interface SnapshotterDeps {
  readonly journal: Pick<Journal, 'snapshot'>;
  readonly source: SnapshotSource;
  readonly logger: Logger;
}

/**
 * Keeps the journal bounded: when it has grown by half of what the last snapshot holds, writes the next one, chunk by
 * chunk, each when the journal took the one before, while transactions go on. See `SnapshotHead` for why a
 * snapshot that is not of one instant will do.
 */
export class Snapshotter {
  readonly #limits: StoreLimits;
  readonly #deps: SnapshotterDeps;
  /** Bytes of batches after the base of the present snapshot. */
  #journalBytes: number;
  #snapshotBytes: number;
  /** A failed snapshot is tried again only when the journal has grown to this. */
  #notBeforeBytes = 0;
  #running: Promise<void> | undefined;

  constructor(
    options: { readonly limits: StoreLimits; readonly journalBytes: number; readonly snapshotBytes: number },
    deps: SnapshotterDeps,
  ) {
    this.#limits = options.limits;
    this.#deps = deps;
    this.#journalBytes = options.journalBytes;
    this.#snapshotBytes = options.snapshotBytes;
  }

  /** The journal grew by so many bytes. */
  grew(bytes: number): void {
    this.#journalBytes += bytes;
    const allowed = Math.max(this.#limits.snapshotAfterBytes, this.#snapshotBytes / 2, this.#notBeforeBytes);
    if (this.#running !== undefined || this.#journalBytes <= allowed) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when no snapshot is being written. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    const { source, logger } = this.#deps;
    const coveredBytes = this.#journalBytes;
    const base = source.now().durableRevision;
    try {
      const bytes = await writeSnapshot(this.#limits, this.#deps);
      this.#journalBytes -= coveredBytes;
      this.#snapshotBytes = bytes;
      this.#notBeforeBytes = 0;
      logger.debug('snapshot written', { revision: base, sizeBytes: bytes });
    } catch (error) {
      this.#notBeforeBytes = this.#journalBytes + this.#limits.snapshotAfterBytes;
      logger.warn('snapshot given up; the journal keeps growing until the next try', { reason: messageOf(error) });
    }
  }
}

/** Writes one snapshot of the source as it is and becomes; gives its bytes. Throws a Fault and leaves no trace of it. */
export async function writeSnapshot(limits: StoreLimits, deps: Omit<SnapshotterDeps, 'logger'>): Promise<number> {
  const { source, journal } = deps;
  const { durableRevision: base, lastCreated, refusals } = source.now();
  const writer = journal.snapshot();
  try {
    const bytes = await writeChunks(source, lastCreated, writer, limits);
    const until = source.now().revision;
    await source.durable();
    if (source.now().refusals !== refusals) throw new GivenUp('commits were taken back while it was written');
    await writer.commit({ base, until, lastCreated, schemaVersion: source.schemaVersion });
    return bytes;
  } catch (error) {
    await writer.abort().catch(ignored);
    throw error;
  }
}

class GivenUp extends Error {}

/** The first failure is the one to tell; leftovers are removed when the journal is loaded next. */
function ignored(): void {}

async function writeChunks(
  source: SnapshotSource,
  lastCreated: number,
  writer: SnapshotWriter,
  limits: StoreLimits,
): Promise<number> {
  let bytes = 0;
  for (const table of source.tables.values()) {
    const texts = new TableText(table);
    for (let cursor = 0; cursor < lastCreated; ) {
      if (source.now().closing) throw new GivenUp('the store is being closed');
      const { revision } = source.now();
      const chunk = nextChunk(table, texts, { after: cursor, upTo: lastCreated }, limits);
      cursor = chunk.cursor;
      if (chunk.texts.length === 0) break;
      const body = bodyOf([String(revision), ...chunk.texts]);
      bytes += body.byteLength;
      await writer.write(body);
    }
  }
  return bytes;
}

function nextChunk(
  table: Table,
  tableText: TableText,
  { after, upTo }: { readonly after: number; readonly upTo: number },
  limits: StoreLimits,
): { readonly texts: readonly string[]; readonly cursor: number } {
  const texts: string[] = [];
  let length = 0;
  let cursor = after;
  for (const entry of table.entriesAfter(after, upTo)) {
    const text = tableText.next(entry);
    texts.push(text);
    length += text.length;
    cursor = entry.created;
    if (length >= limits.snapshotChunkLength || texts.length >= limits.snapshotChunkRecords) break;
  }
  return { texts, cursor };
}
