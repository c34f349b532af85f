import { setTimeout as setSystemTimeout } from 'node:timers';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '#base';
import { JournalDatabase } from './database.ts';
import { faultOf } from './faults.ts';
import type { LoadedRow, WorkerCall, WorkerOptions, WorkerReply, WorkerRequest, WorkerResults } from './protocol.ts';

/** The thread that owns the database: one request at a time, in order; housekeeping when none is there. */
class JournalWorker {
  readonly #options: WorkerOptions;
  #database: JournalDatabase | undefined;
  #rows: Iterator<LoadedRow> | undefined;
  #snapshotOpen = false;
  #justLoaded = false;
  #housekeeping: ReturnType<typeof setSystemTimeout> | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  handle(request: WorkerRequest): WorkerResults[keyof WorkerResults] {
    if (request.op === 'open') {
      this.#database = new JournalDatabase(this.#options);
      this.#rows = this.#database.load();
      return this.#database.opened;
    }
    if (request.op === 'close') {
      this.#housekeeping?.close();
      this.#database?.close();
      this.#database = undefined;
      return undefined;
    }
    assert(this.#database !== undefined, 'the journal is open');
    const result = this.#handleOpen(this.#database, request);
    this.#scheduleHousekeeping(this.#database);
    return result;
  }

  #handleOpen(
    database: JournalDatabase,
    request: Exclude<WorkerRequest, { readonly op: 'open' | 'close' }>,
  ): WorkerResults[keyof WorkerResults] {
    switch (request.op) {
      case 'loadNext':
        return { rows: this.#nextRows() };
      case 'append':
        database.append(request.first, request.last, request.body);
        break;
      case 'beginSnapshot':
        database.beginSnapshot();
        this.#snapshotOpen = true;
        break;
      case 'writeChunk':
        database.writeChunk(request.body);
        break;
      case 'commitSnapshot':
        database.commitSnapshot(request.head);
        this.#snapshotOpen = false;
        break;
      case 'abortSnapshot':
        database.abortSnapshot();
        this.#snapshotOpen = false;
        break;
    }
    return undefined;
  }

  /** What can wait until the request is answered: then it delays only the next one. */
  afterReply(): void {
    this.#database?.checkpoint(this.#options.limits.walBytes);
    if (this.#database !== undefined && !this.#snapshotOpen && this.#rows === undefined) this.#prune(this.#database);
    if (this.#justLoaded) this.#dropStartupGarbage();
  }

  /** An idle thread would keep what starting and loading left behind. Only where the process exposes the collector. */
  #dropStartupGarbage(): void {
    this.#justLoaded = false;
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }

  #prune(database: JournalDatabase): void {
    try {
      if (database.prune()) this.#scheduleHousekeeping(database);
    } catch {
      // What is superseded does no harm; it is tried again later.
    }
  }

  #nextRows(): readonly LoadedRow[] {
    const rows: LoadedRow[] = [];
    let bytes = 0;
    while (bytes < this.#options.limits.loadBytes) {
      const next = this.#rows?.next();
      if (next === undefined || next.done === true) {
        this.#rows = undefined;
        this.#justLoaded = true;
        break;
      }
      rows.push(next.value);
      bytes += next.value.body.byteLength;
    }
    return rows;
  }

  #scheduleHousekeeping(database: JournalDatabase): void {
    const { idleMs, idleWalBytes } = this.#options.limits;
    if (this.#housekeeping !== undefined) {
      this.#housekeeping.refresh();
      return;
    }
    this.#housekeeping = setSystemTimeout(() => {
      if (this.#database !== database || this.#rows !== undefined) return;
      if (!this.#snapshotOpen) this.#prune(database);
      database.checkpoint(idleWalBytes);
    }, idleMs);
  }
}

function transferOf(result: WorkerResults[keyof WorkerResults]): ArrayBuffer[] {
  return result !== undefined && 'rows' in result ? result.rows.map((row) => row.body.buffer) : [];
}

const port = parentPort;
assert(port !== null, 'this file is a worker thread');
const options = workerData as WorkerOptions;
const worker = new JournalWorker(options);

port.on('message', ({ id, request }: WorkerCall) => {
  try {
    const result = worker.handle(request);
    port.postMessage({ id, ok: true, result } satisfies WorkerReply, transferOf(result));
  } catch (error) {
    const { code, message, retryable } = faultOf(error, options.directory);
    port.postMessage({ id, ok: false, fault: { code, message, retryable } } satisfies WorkerReply);
  }
  if (request.op === 'close') port.close();
  else worker.afterReply();
});
