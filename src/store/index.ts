export { type DiskFailure, MemoryDisk, MemoryJournal } from './backends/memory.ts';
export { SqliteJournal, type SqliteJournalOptions } from './backends/sqlite/index.ts';
export { findDefinition } from './definitions.ts';
export type { Batch, Journal, JournalPart, LoadedJournal, SnapshotHead, SnapshotWriter } from './journal.ts';
export { type StoreLimits, storeLimits } from './limits.ts';
export type { Migration } from './migrations/index.ts';
export { openStore, type StoreOptions } from './open-store.ts';
export { checkOwnership, type Ownership, ownership, type TableOwnership, type Writer } from './ownership.ts';
export {
  type ByLaunchType,
  type ClusterCount,
  ClusterCounts,
  createTotals,
  type DeploymentCount,
  type InstanceLoad,
  InstanceLoads,
  type ServiceCount,
  ServiceCounts,
  type Totals,
  WaitingTasks,
} from './projections/index.ts';
export {
  type RoadsteadCommit,
  type RoadsteadSchema,
  type RoadsteadStore,
  type RoadsteadTx,
  type RoadsteadView,
  type RoadsteadWatchEvent,
  schema,
  type TableName,
} from './schema.ts';
export type {
  Change,
  Commit,
  Consequences,
  Cursor,
  IndexOf,
  PageOptions,
  Projection,
  RecordOf,
  Revision,
  Schema,
  Store,
  Synchronous,
  TableDefinition,
  TableView,
  TableWriter,
  Tx,
  View,
  WatchEvent,
} from './types.ts';
