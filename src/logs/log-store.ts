import { type Clock, Fault, type Logger, msFromInstant } from '#base';
import { logFault } from './faults.ts';
import { GroupLog } from './group-log.ts';
import { defaultLogLimits, eventOverheadBytes, type LogLimits } from './limits.ts';
import type { LogDisk } from './log-disk.ts';
import { type SearchedSegment, searchEvents } from './search.ts';
import type { SegmentIndex } from './segment-index.ts';
import type { AppendOutcome, EventPage, EventQuery, LogGroupId, NewLogEvent, StreamFacts } from './types.ts';

export interface LogStoreDeps {
  readonly disk: LogDisk;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<LogLimits>;
}

interface Opened {
  readonly log: Promise<GroupLog>;
  usedMs: number;
}

/**
 * Log events by group and stream. Which groups there are is not known here: a group begins with its first stream, and
 * ends with `drop`. A promise that resolves is a fact on disk. Rejects with Fault: `LogsFull`, `LogsReadOnly`,
 * `LogsFailed`, `LogsBusy`; all may be tried again.
 */
export class LogStore implements AsyncDisposable {
  readonly #disk: LogDisk;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: LogLimits;
  readonly #groups = new Map<LogGroupId, Opened>();
  readonly #indexes = new Map<string, SegmentIndex>();
  #indexBytes = 0;
  #waitingBytes = 0;

  constructor({ disk, clock, logger, limits }: LogStoreDeps) {
    this.#disk = disk;
    this.#clock = clock;
    this.#logger = logger;
    this.#limits = { ...defaultLogLimits, ...limits };
  }

  /** False when there is such a stream already. */
  async createStream(group: LogGroupId, name: string): Promise<boolean> {
    return (await this.#open(group)).createStream(name, this.#nowMs());
  }

  /** False when there is no such stream. Its events are gone at once, the room they take with their segments. */
  async deleteStream(group: LogGroupId, name: string): Promise<boolean> {
    return (await this.#open(group)).deleteStream(name, this.#nowMs());
  }

  async findStream(group: LogGroupId, name: string): Promise<StreamFacts | undefined> {
    const found = (await this.#open(group)).state.byName.get(name);
    return found === undefined ? undefined : { ...found };
  }

  /** Those that `wanted` takes, in no order. */
  async streams(group: LogGroupId, wanted: (stream: StreamFacts) => boolean): Promise<readonly StreamFacts[]> {
    const found: StreamFacts[] = [];
    for (const stream of (await this.#open(group)).state.byName.values()) {
      if (wanted(stream)) found.push({ ...stream });
    }
    return found;
  }

  /** `ok: false` when there is no such stream. */
  async append(group: LogGroupId, stream: string, events: readonly NewLogEvent[]): Promise<AppendOutcome> {
    const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + eventOverheadBytes, 0);
    if (this.#waitingBytes > 0 && this.#waitingBytes + bytes > this.#limits.waitingBytes) {
      throw new Fault('LogsBusy', 'More log events wait for the disk than it can take.', { retryable: true });
    }
    this.#waitingBytes += bytes;
    try {
      return await (await this.#open(group)).append(stream, events, this.#nowMs(), bytes);
    } finally {
      this.#waitingBytes -= bytes;
    }
  }

  async search(group: LogGroupId, query: EventQuery): Promise<EventPage> {
    const log = await this.#open(group);
    const { closed, open, byNumber } = log.state;
    const segments: SearchedSegment[] = closed.map((segment) => ({
      ...segment,
      path: log.files.segment(segment.number),
      index: () => this.#indexOf(log, segment.number),
    }));
    if (open.sizeBytes > 0) {
      const { sizeBytes, minMs, maxMs, index } = open;
      segments.push({ path: log.files.segment(open.number), sizeBytes, minMs, maxMs, index: async () => index });
    }
    const { disk, logger, limits } = { disk: this.#disk, logger: this.#logger, limits: this.#limits };
    try {
      return await searchEvents(segments, query, { disk, logger, limits, streams: byNumber });
    } catch (error) {
      throw logFault(error);
    }
  }

  /** What the group's events take on the disk, bytes. */
  async storedBytes(group: LogGroupId): Promise<number> {
    const log = await this.#groups.get(group)?.log.catch(() => undefined);
    if (log !== undefined) return log.state.storedBytes;
    const files = await this.#disk.list(group);
    return files.reduce((sum, { name, sizeBytes }) => sum + (name.endsWith('.log') ? sizeBytes : 0), 0);
  }

  /** Lets go of segments that hold nothing from `cutoffMs` on. */
  async expire(group: LogGroupId, cutoffMs: number): Promise<void> {
    await (await this.#open(group)).expire(cutoffMs, this.#nowMs());
  }

  /** Removes a group with all it holds. */
  async drop(group: LogGroupId): Promise<void> {
    const opened = this.#groups.get(group);
    this.#groups.delete(group);
    await opened?.log.then((log) => log.idle()).catch(() => undefined);
    await this.#disk.removeDirectory(group).catch((error: unknown) => {
      throw logFault(error);
    });
  }

  /** Removes what is of no group: a crash came between a group's deletion and the removal of its files. */
  async dropOthers(groups: ReadonlySet<LogGroupId>): Promise<void> {
    for (const { name } of await this.#disk.list('')) {
      if (!groups.has(name)) await this.drop(name);
    }
  }

  /** Puts groups away that nobody used for a while; their files are all that is left of them. */
  async putAway(): Promise<void> {
    const beforeMs = this.#nowMs() - this.#limits.groupIdleMs;
    for (const [group, opened] of this.#groups) {
      if (opened.usedMs >= beforeMs) continue;
      const log = await opened.log.catch(() => undefined);
      await log?.idle();
      if (opened.usedMs < beforeMs && this.#groups.get(group) === opened) this.#groups.delete(group);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { log } of this.#groups.values()) await log.then((each) => each.idle()).catch(() => undefined);
    this.#groups.clear();
    await this.#disk.close();
  }

  #open(group: LogGroupId): Promise<GroupLog> {
    const known = this.#groups.get(group);
    if (known !== undefined) {
      known.usedMs = this.#nowMs();
      return known.log;
    }
    const deps = { disk: this.#disk, logger: this.#logger, limits: this.#limits };
    const log = GroupLog.open(group, deps).catch((error: unknown) => {
      // The next one tries again.
      this.#groups.delete(group);
      throw logFault(error);
    });
    this.#groups.set(group, { log, usedMs: this.#nowMs() });
    return log;
  }

  /** The last used are kept, as many as there is room for. */
  async #indexOf(log: GroupLog, number: number): Promise<SegmentIndex> {
    const key = log.files.index(number);
    const known = this.#indexes.get(key);
    const index = known ?? (await log.files.readIndex(number));
    this.#indexes.delete(key);
    this.#indexes.set(key, index);
    if (known === undefined) this.#indexBytes += index.bytes;
    for (const [oldest, { bytes }] of this.#indexes) {
      if (this.#indexBytes <= this.#limits.indexCacheBytes || oldest === key) break;
      this.#indexes.delete(oldest);
      this.#indexBytes -= bytes;
    }
    return index;
  }

  #nowMs(): number {
    return msFromInstant(this.#clock.now());
  }
}
