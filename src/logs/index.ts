export { FileLogDisk } from './disk/file-disk.ts';
export { MemoryLogDisk } from './disk/memory-disk.ts';
export { type DiskEntry, type LogDisk } from './log-disk.ts';
export { LogStore } from './log-store.ts';
export {
  type EventPage,
  type EventQuery,
  type LogGroupId,
  type NewLogEvent,
  type Place,
  type StoredLogEvent,
  type StreamFacts,
} from './types.ts';
