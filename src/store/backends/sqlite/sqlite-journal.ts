import { resolve as absolutePath } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Fault, messageOf } from '#base';
import type { Batch, Journal, JournalPart, LoadedJournal, SnapshotWriter } from '../../journal.ts';
import {
  type LoadedRow,
  type SqliteLimits,
  sqliteLimits,
  type WorkerCall,
  type WorkerOptions,
  type WorkerReply,
  type WorkerRequest,
  type WorkerResults,
} from './protocol.ts';

export interface SqliteJournalOptions {
  /** Where the database is; made, for this user alone, when it is not there. */
  readonly directory: string;
  /** For tests. */
  readonly limits?: Partial<SqliteLimits>;
}

interface OpenCall {
  readonly resolve: (result: never) => void;
  readonly reject: (fault: Fault) => void;
}

/** The journal in an SQLite database, in a thread of its own: the caller's thread never waits for the disk. */
export class SqliteJournal implements Journal {
  readonly #options: WorkerOptions;
  readonly #calls = new Map<number, OpenCall>();
  readonly #replies: WorkerReply[] = [];
  #lastCall = 0;
  #worker: Worker | undefined;
  #broken: Fault | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: SqliteJournalOptions) {
    this.#options = {
      directory: absolutePath(options.directory),
      limits: { ...sqliteLimits, ...options.limits },
    };
  }

  async load(): Promise<LoadedJournal> {
    this.#start();
    const opened = await this.#call('open', { op: 'open' });
    return { ...opened, parts: this.#parts() };
  }

  async append(batch: Batch): Promise<void> {
    await this.#call('append', { op: 'append', ...batch }, [batch.body.buffer]);
  }

  snapshot(): SnapshotWriter {
    const begun = this.#call('beginSnapshot', { op: 'beginSnapshot' });
    /** Whoever writes or commits next is told. */
    begun.catch(() => {});
    return {
      write: async (body) => {
        await begun;
        await this.#call('writeChunk', { op: 'writeChunk', body }, [body.buffer]);
      },
      commit: async (head) => {
        await begun;
        await this.#call('commitSnapshot', { op: 'commitSnapshot', head });
      },
      abort: async () => {
        await this.#call('abortSnapshot', { op: 'abortSnapshot' });
      },
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined || this.#broken !== undefined) return;
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    await this.#call('close', { op: 'close' });
    await exited;
  }

  /** One request ahead of the reader, so that reading and parsing overlap. */
  async *#parts(): AsyncGenerator<JournalPart, void, undefined> {
    let ahead = this.#loadNext();
    for (;;) {
      const rows = await ahead;
      if (rows.length === 0) return;
      ahead = this.#loadNext();
      ahead.catch(() => {});
      yield* rows;
    }
  }

  async #loadNext(): Promise<readonly LoadedRow[]> {
    return (await this.#call('loadNext', { op: 'loadNext' })).rows;
  }

  #start(): void {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: this.#options,
      name: 'roadstead-journal',
    });
    worker.on('message', (reply: WorkerReply) => this.#answerSoon(reply));
    worker.on('error', (error) => this.#break(messageOf(error)));
    worker.on('exit', () => this.#break('its thread ended'));
    this.#worker = worker;
  }

  #call<O extends WorkerRequest['op']>(
    _op: O,
    request: Extract<WorkerRequest, { readonly op: O }>,
    transfer: ArrayBuffer[] = [],
  ): Promise<WorkerResults[O]> {
    return new Promise<WorkerResults[O]>((resolve, reject) => {
      if (this.#broken !== undefined || this.#worker === undefined) {
        reject(this.#broken ?? new Fault('StoreFailed', 'The journal is not loaded.'));
        return;
      }
      const id = ++this.#lastCall;
      this.#calls.set(id, { resolve, reject });
      this.#worker.postMessage({ id, request } satisfies WorkerCall, transfer);
    });
  }

  /**
   * Node.js hands over message after message for as long as there is one. A caller that asks again at once, and a thread
   * that is quick to answer, would keep everybody else from the event loop: answers wait for the end of its turn.
   */
  #answerSoon(reply: WorkerReply): void {
    if (this.#replies.push(reply) === 1) setImmediate(() => this.#answerAll());
  }

  #answerAll(): void {
    for (const reply of this.#replies.splice(0)) this.#answer(reply);
  }

  #answer(reply: WorkerReply): void {
    const call = this.#calls.get(reply.id);
    this.#calls.delete(reply.id);
    if (reply.ok) call?.resolve(reply.result as never);
    else call?.reject(new Fault(reply.fault.code, reply.fault.message, { retryable: reply.fault.retryable }));
  }

  #break(reason: string): void {
    this.#answerAll();
    const message = `The journal of ${this.#options.directory} stopped: ${reason}. Restart Roadstead.`;
    this.#broken ??= new Fault('StoreFailed', message);
    for (const call of this.#calls.values()) call.reject(this.#broken);
    this.#calls.clear();
  }
}
