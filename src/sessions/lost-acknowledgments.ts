import {
  type Acknowledgment,
  type DataConnection,
  decodeHead,
  decodeMessage,
  readObject,
  type SessionMessageHead,
} from '#wire/session';

export interface LostAcknowledgmentsDeps {
  /** Tells the command's side that the caller has a message. */
  readonly acknowledge: (message: SessionMessageHead) => void;
}

/**
 * Acknowledgments that went down with a caller's connection. AWS's plugin acknowledges a message once; when it comes again it
 * says nothing, and the command's side would repeat it for ever and wait for it at the end. So: a message that an earlier
 * connection carried already, and that was not acknowledged when a ping sent after it is answered, is one the caller has.
 */
export class LostAcknowledgments {
  readonly #deps: LostAcknowledgmentsDeps;
  #highest = -1;
  /** Messages up to here may have come by an earlier connection. */
  #doubtfulUpTo = -1;
  /** Sent by this connection, and not acknowledged there. */
  #doubtful = new Map<number, SessionMessageHead>();
  #connection: DataConnection | undefined;
  #pinged = false;

  constructor(deps: LostAcknowledgmentsDeps) {
    this.#deps = deps;
  }

  /** The caller is back; `undefined` for one that acknowledges repeated messages. */
  goOn(connection: DataConnection | undefined): void {
    this.#doubtfulUpTo = this.#highest;
    this.#doubtful = new Map();
    this.#connection = connection;
    this.#pinged = false;
  }

  /** Called with each message once it went to the caller. */
  sent(data: string | Uint8Array): void {
    const head = typeof data === 'string' ? undefined : decodeHead(data);
    if (head?.type !== 'output_stream_data') return;
    this.#highest = Math.max(this.#highest, head.sequence);
    if (this.#connection === undefined || head.sequence > this.#doubtfulUpTo) return;
    this.#doubtful.set(head.sequence, head);
    this.#ask(this.#connection);
  }

  /** Called with each message of the caller. */
  heard(data: string | Uint8Array): void {
    if (this.#doubtful.size === 0 || typeof data === 'string') return;
    const message = decodeMessage(data);
    if (message?.type !== 'acknowledge') return;
    const sequence = readObject<Acknowledgment>(message.payload)?.AcknowledgedMessageSequenceNumber;
    if (sequence !== undefined) this.#doubtful.delete(sequence);
  }

  /** One ping at a time: the answer is good for what went out before it. */
  #ask(connection: DataConnection): void {
    if (this.#pinged) return;
    this.#pinged = true;
    const asked = [...this.#doubtful.keys()];
    connection.ping(() => {
      if (connection !== this.#connection) return;
      this.#pinged = false;
      for (const sequence of asked) this.#known(sequence);
      if (this.#doubtful.size > 0) this.#ask(connection);
    });
  }

  #known(sequence: number): void {
    const head = this.#doubtful.get(sequence);
    if (head === undefined) return;
    this.#doubtful.delete(sequence);
    this.#deps.acknowledge(head);
  }
}
