import { type Clock, type Ids, messageOf, msFromInstant, type Timer } from '#base';
import { abnormalClose, type DataConnection } from './connection.ts';
import {
  decodeMessage,
  encodeMessage,
  messageFlags,
  type SessionMessage,
  type SessionMessageType,
  textBytes,
} from './message.ts';
import { type Acknowledgment, type ChannelClosed, readObject } from './texts.ts';

/** What is sent at once and not yet acknowledged, at most. */
export const windowMessages = 128;
/** Payload of one stream message, bytes: what AWS's own agent sends. */
const chunkBytes = 1024;
const repeatMs = 500;
/** Messages that came too early and are kept. */
const mostEarly = 1024;

export interface DataChannelDeps {
  readonly connection: DataConnection;
  readonly clock: Clock;
  readonly ids: Ids;
  /**
   * Another connection in place of one that broke: what was not acknowledged goes there. A rejection ends the channel, its
   * message is what the user is told. Without it a connection that breaks ends the channel.
   */
  readonly reconnect?: () => Promise<DataConnection>;
}

export interface DataChannelOptions {
  /** What this end sends; the other end sends the other. */
  readonly sends: 'input_stream_data' | 'output_stream_data';
}

export type StreamData = Pick<SessionMessage, 'payloadType' | 'payload' | 'flags'>;

interface Unacknowledged {
  readonly bytes: Uint8Array;
  sentAtMs: number;
}

/** One end of a session's data channel: what is sent arrives once and in order, or the channel ends. */
export class DataChannel {
  readonly #options: DataChannelOptions;
  readonly #deps: DataChannelDeps;
  readonly #open = new Map<number, Unacknowledged>();
  /** Came, and waits for what is before it or for whoever takes it. */
  readonly #early = new Map<number, SessionMessage>();
  readonly #room: (() => void)[] = [];
  #connection: DataConnection;
  #nextSent = 0;
  #nextExpected = 0;
  #repeat: Timer | undefined;
  #ended = false;
  #paused = false;
  #onData: (data: StreamData) => void = () => {};
  #onEnd: (output: string) => void = () => {};

  constructor(options: DataChannelOptions, deps: DataChannelDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#connection = deps.connection;
    this.#listen(deps.connection);
  }

  /** Called with each message of the other end's stream, in order. */
  onData(listener: (data: StreamData) => void): void {
    this.#onData = listener;
  }

  /** Called once, however the channel ends, with what the user is to be told; often nothing. */
  onEnd(listener: (output: string) => void): void {
    this.#onEnd = listener;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** One message, whatever its size. */
  send(payloadType: number, payload: Uint8Array, flags: number = messageFlags.none): void {
    if (this.#ended) return;
    const sequence = this.#nextSent++;
    // The first message of a stream is marked.
    const marked = sequence === 0 ? flags | messageFlags.syn : flags;
    const bytes = this.#encode({ type: this.#options.sends, sequence, flags: marked, payloadType, payload });
    this.#open.set(sequence, { bytes, sentAtMs: this.#deps.clock.monotonicMs() });
    this.#connection.send(bytes);
    this.#scheduleRepeat();
  }

  /** A stream in messages of the usual size; resolves when more may be sent. */
  async sendStream(payloadType: number, bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; from += chunkBytes) {
      await this.hasRoom();
      this.send(payloadType, bytes.slice(from, from + chunkBytes));
    }
  }

  /** Resolves once fewer than the most messages wait for an acknowledgment, or the channel has ended. */
  hasRoom(): Promise<void> {
    if (this.#ended || this.#open.size < windowMessages) return Promise.resolve();
    return new Promise((resolve) => this.#room.push(resolve));
  }

  /** Resolves when all that was sent is acknowledged, or the channel has ended. */
  async drained(): Promise<void> {
    while (!this.#ended && this.#open.size > 0) await new Promise<void>((resolve) => this.#room.push(resolve));
  }

  /** What comes is neither taken nor acknowledged: the other end sends no more than its window holds. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  close(code = 1000, reason = ''): void {
    if (this.#ended) return;
    this.#end('');
    this.#connection.close(code, reason);
  }

  #listen(connection: DataConnection): void {
    connection.onMessage((data) => {
      if (typeof data !== 'string' && connection === this.#connection) this.#receive(data);
    });
    connection.onClose((code, reason) => {
      if (connection === this.#connection && !this.#ended) this.#closed(code, reason);
    });
  }

  #closed(code: number, reason: string): void {
    const { reconnect } = this.#deps;
    if (code !== abnormalClose || reconnect === undefined) return this.#end(reason);
    reconnect().then(
      (connection) => this.#goOn(connection),
      (error: unknown) => this.#end(messageOf(error)),
    );
  }

  #goOn(connection: DataConnection): void {
    if (this.#ended) return connection.close(1000, '');
    this.#connection = connection;
    this.#listen(connection);
    for (const open of this.#open.values()) this.#sendAgain(open);
    if (this.#open.size > 0) this.#scheduleRepeat();
  }

  #end(output: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#repeat?.cancel();
    this.#open.clear();
    this.#wake();
    this.#onEnd(output);
  }

  #encode(message: Omit<SessionMessage, 'id' | 'createdAtMs'>): Uint8Array {
    const { clock, ids } = this.#deps;
    return encodeMessage({ ...message, id: ids.uuid(), createdAtMs: msFromInstant(clock.now()) });
  }

  #receive(bytes: Uint8Array): void {
    if (this.#ended) return;
    const message = decodeMessage(bytes);
    if (message === undefined) return;
    const receives: SessionMessageType =
      this.#options.sends === 'input_stream_data' ? 'output_stream_data' : 'input_stream_data';
    if (message.type === 'acknowledge') this.#acknowledged(message);
    else if (message.type === 'channel_closed') {
      this.#end(readObject<ChannelClosed>(message.payload)?.Output ?? '');
      this.#connection.close(1000, '');
    } else if (message.type === receives) this.#take(message);
  }

  #take(message: SessionMessage): void {
    if (message.sequence < this.#nextExpected) {
      this.#acknowledge(message);
      return;
    }
    if (this.#early.size >= mostEarly && !this.#early.has(message.sequence)) return;
    this.#early.set(message.sequence, message);
    this.#deliver();
  }

  /** Whatever is next, one after the other, for as long as it is wanted. */
  #deliver(): void {
    while (!this.#paused && !this.#ended) {
      const next = this.#early.get(this.#nextExpected);
      if (next === undefined) return;
      this.#early.delete(this.#nextExpected++);
      this.#acknowledge(next);
      this.#onData(next);
    }
  }

  #acknowledge({ type, id, sequence }: SessionMessage): void {
    const content: Acknowledgment = {
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    };
    const payload = textBytes(JSON.stringify(content));
    const flags = messageFlags.acknowledge;
    this.#connection.send(this.#encode({ type: 'acknowledge', sequence: 0, flags, payloadType: 0, payload }));
  }

  #acknowledged({ payload }: SessionMessage): void {
    const sequence = readObject<Acknowledgment>(payload)?.AcknowledgedMessageSequenceNumber;
    if (sequence === undefined || !this.#open.delete(sequence)) return;
    if (this.#open.size === 0) {
      this.#repeat?.cancel();
      this.#repeat = undefined;
    }
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#room.splice(0)) resolve();
  }

  #scheduleRepeat(): void {
    this.#repeat ??= this.#deps.clock.setTimer(repeatMs, () => {
      this.#repeat = undefined;
      this.#repeatLate();
    });
  }

  /** Whoever is not ready yet acknowledges nothing, and may have kept nothing either. */
  #repeatLate(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    for (const open of this.#open.values()) {
      if (nowMs - open.sentAtMs < repeatMs) break;
      this.#sendAgain(open);
    }
    if (this.#open.size > 0) this.#scheduleRepeat();
  }

  #sendAgain(open: Unacknowledged): void {
    open.sentAtMs = this.#deps.clock.monotonicMs();
    this.#connection.send(open.bytes);
  }
}
