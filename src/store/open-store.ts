import type { Logger } from '#base';
import type { Journal, LoadedJournal, SnapshotHead } from './journal.ts';
import { type StoreLimits, storeLimits } from './limits.ts';
import { LiveStore } from './live-store.ts';
import { assertKnownVersion, currentVersion, type Migration, migrate, migrations } from './migrations/index.ts';
import type { Ownership } from './ownership.ts';
import { type RawTables, Replay } from './replay.ts';
import { writeSnapshot } from './snapshotter.ts';
import { State } from './state.ts';
import type { Entry } from './table.ts';
import { damaged } from './text/codec.ts';
import type { Consequences, Projection, Schema, Store } from './types.ts';

export interface StoreOptions<S extends Schema> {
  /** Not yet loaded; the store closes it. */
  readonly journal: Journal;
  readonly logger: Logger;
  /** Who may write which field; without it every writer may write all. */
  readonly ownership?: Ownership<S>;
  /** Empty ones; they are filled from what is loaded. */
  readonly projections?: readonly Projection<S>[];
  readonly consequences?: Consequences<S>;
  /** Commits kept for watchers; default {@link storeLimits}. */
  readonly historyLimit?: number;
  /** Default true: records are frozen as they are put, and checked to be plain data. */
  readonly freeze?: boolean;
  /** For tests. */
  readonly limits?: Partial<StoreLimits>;
  /** For tests. */
  readonly migrations?: readonly Migration[];
}

/**
 * Loads the journal into memory and gives the store over it. Faults: those of `Journal.load`; `StoreDamaged` also when
 * records do not fit the schema.
 */
export async function openStore<S extends Schema>(schema: S, options: StoreOptions<S>): Promise<Store<S>> {
  const { journal } = options;
  try {
    return await load(schema, options);
  } catch (error) {
    await journal.close();
    throw error;
  }
}

const nothingStored: Omit<SnapshotHead, 'schemaVersion'> = { base: 0, until: 0, lastCreated: 0 };

async function load<S extends Schema>(schema: S, options: StoreOptions<S>): Promise<Store<S>> {
  const { journal, logger } = options;
  const steps = options.migrations ?? migrations;
  const schemaVersion = currentVersion(steps);
  const limits = limitsOf(options);
  const loaded = await journal.load();
  const head = loaded.snapshot ?? { ...nothingStored, schemaVersion };
  assertKnownVersion(head.schemaVersion, steps);
  const { replay, journalBytes, snapshotBytes } = await replayAll(loaded, head);
  const done = migrate(replay.tables, head.schemaVersion, steps);
  if (done.length > 0) logger.info('stored state migrated', { from: head.schemaVersion, to: schemaVersion, done });

  const state = new State(schema, options.projections ?? [], { freeze: options.freeze ?? true });
  fill(state, replay.tables);
  state.revision = replay.revision;
  state.lastCreated = Math.max(state.lastCreated, replay.lastCreated);

  const sizes = { journalBytes, snapshotBytes };
  if (loaded.snapshot === undefined || done.length > 0) {
    const { revision, lastCreated } = state;
    const now = { revision, durableRevision: revision, lastCreated, refusals: 0, closing: false };
    const source = { tables: state.tables, schemaVersion, now: () => now, durable: () => Promise.resolve() };
    sizes.snapshotBytes = await writeSnapshot(limits, { journal, source });
    sizes.journalBytes = 0;
  }
  logger.info('store loaded', { revision: state.revision, epoch: loaded.epoch, ...sizes });
  return new LiveStore({ limits, epoch: loaded.epoch, schemaVersion, ...sizes }, { ...options, state });
}

function limitsOf(options: Pick<StoreOptions<Schema>, 'limits' | 'historyLimit'>): StoreLimits {
  const limits = { ...storeLimits, ...options.limits };
  return options.historyLimit === undefined ? limits : { ...limits, historyCommits: options.historyLimit };
}

async function replayAll(
  loaded: LoadedJournal,
  head: SnapshotHead,
): Promise<{ readonly replay: Replay; readonly journalBytes: number; readonly snapshotBytes: number }> {
  const replay = new Replay(head);
  let journalBytes = 0;
  let snapshotBytes = 0;
  for await (const part of loaded.parts) {
    replay.apply(part);
    if (part.type === 'batch') journalBytes += part.body.byteLength;
    else snapshotBytes += part.body.byteLength;
  }
  replay.end();
  return { replay, journalBytes, snapshotBytes };
}

/** Fills the tables in order of creation, so that every list is only appended to. */
function fill<S extends Schema>(state: State<S>, raw: RawTables): void {
  for (const [name, records] of raw) {
    const table = state.tables.get(name);
    if (table === undefined) {
      if (records.size === 0) continue;
      throw damaged(`table ${name}`, 'this version has no such table');
    }
    const inOrder = [...records.values()];
    if (!isInOrder(inOrder)) inOrder.sort((a, b) => a.created - b.created);
    let last = 0;
    for (const { created, key, record } of inOrder) {
      if (created === last) throw damaged(`table ${name}`, `two records have one creation number`);
      if (table.keyOf(record) !== key) throw damaged(`table ${name}`, `${key} holds another key's record`);
      last = created;
    }
    state.restore(table, records, inOrder);
  }
}

/** A snapshot is, and most of what is created later comes later. */
function isInOrder(entries: readonly Entry[]): boolean {
  let last = 0;
  for (const { created } of entries) {
    if (created < last) return false;
    last = created;
  }
  return true;
}
