import { hash, timingSafeEqual } from 'node:crypto';
import { type Clock, type Ids, msFromInstant, rfc3339, type Timer } from '#base';
import {
  type ChannelClosed,
  type DataConnection,
  encodeMessage,
  messageFlags,
  type OpenDataChannel,
  textBytes,
} from '#wire/session';
import { sessionLimits } from './limits.ts';
import type { SessionCall, SessionRequest } from './sessions.ts';
import type { Transcript } from './transcript.ts';

export interface SessionOptions {
  readonly sessionId: string;
  readonly request: SessionRequest;
  readonly streamPath: string;
  readonly callerToken: string;
  readonly hostToken: string;
}

export interface SessionDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly callAgent: (call: SessionCall) => boolean;
  /** Resolves with whether the session is on record: none goes on unrecorded. */
  readonly recorded: Promise<boolean>;
  readonly transcript?: Transcript;
  /** Called once, with why. */
  readonly onEnded: (why: string) => void;
}

/** One command's session: two connections, each of which hears what the other says. */
export class Session {
  readonly #options: SessionOptions;
  readonly #deps: SessionDeps;
  readonly #waiting: (string | Uint8Array)[] = [];
  #caller: DataConnection | undefined;
  #host: DataConnection | undefined;
  #patience: Timer | undefined;
  #lastWordMs: number;
  #ended = false;

  constructor(options: SessionOptions, deps: SessionDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#lastWordMs = deps.clock.monotonicMs();
    this.#wait(sessionLimits.connectWithinMs, 'Nobody connected to the session.');
  }

  get request(): SessionRequest {
    return this.#options.request;
  }

  /** A connection with its first message; false when the token is not one of the two, or was used. */
  join(connection: DataConnection, hello: Partial<OpenDataChannel>): boolean {
    if (this.#ended || typeof hello.TokenValue !== 'string') return false;
    const { callerToken, hostToken } = this.#options;
    if (this.#caller === undefined && isSame(hello.TokenValue, callerToken)) {
      this.#caller = connection;
      this.#joinCaller(connection, hello.RoadsteadTerminal !== false);
      return true;
    }
    if (this.#caller !== undefined && this.#host === undefined && isSame(hello.TokenValue, hostToken)) {
      this.#host = connection;
      this.#joinHost(connection, this.#caller);
      return true;
    }
    return false;
  }

  /** Ends it; `told` is shown to the caller when it is not empty. */
  end(told: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#patience?.cancel();
    this.#deps.transcript?.end();
    this.#host?.close(1000, told);
    if (this.#caller !== undefined) {
      this.#caller.send(this.#closed(told));
      this.#caller.close(1000, '');
    }
    this.#deps.onEnded(told === '' ? 'the command or its caller ended' : told);
  }

  #joinCaller(connection: DataConnection, terminal: boolean): void {
    connection.onClose(() => this.end(''));
    connection.onMessage((data) => {
      this.#heard();
      if (this.#host !== undefined) this.#host.send(data);
      else if (this.#waiting.length < sessionLimits.waiting) this.#waiting.push(data);
    });
    void this.#deps.recorded.then((isRecorded) => {
      if (this.#ended) return;
      if (isRecorded) this.#callAgent(terminal);
      else this.end('The session could not be recorded for audit. Its control plane says why.');
    });
  }

  #callAgent(terminal: boolean): void {
    const { sessionId, request, streamPath, hostToken: tokenValue } = this.#options;
    const { containerInstanceArn, taskArn, containerName, command } = request;
    const call = { containerInstanceArn, sessionId, taskArn, containerName, command, terminal, streamPath, tokenValue };
    if (!this.#deps.callAgent(call)) {
      this.end('The agent of the task is not connected. Try again when it is back.');
      return;
    }
    this.#wait(sessionLimits.answerWithinMs, 'The agent of the task did not answer in time. Try again.');
  }

  #joinHost(connection: DataConnection, caller: DataConnection): void {
    connection.onClose((_code, reason) => this.end(reason));
    connection.onMessage((data) => {
      this.#heard();
      this.#deps.transcript?.take(data);
      caller.send(data);
    });
    for (const data of this.#waiting.splice(0)) connection.send(data);
    this.#watchIdle();
  }

  #heard(): void {
    this.#lastWordMs = this.#deps.clock.monotonicMs();
  }

  #watchIdle(): void {
    const silentMs = this.#deps.clock.monotonicMs() - this.#lastWordMs;
    if (silentMs >= sessionLimits.idleMs) {
      this.end(`SessionId: ${this.#options.sessionId} : the session timed out due to inactivity.`);
      return;
    }
    this.#patience?.cancel();
    this.#patience = this.#deps.clock.setTimer(sessionLimits.idleMs - silentMs, () => this.#watchIdle());
  }

  #wait(forMs: number, why: string): void {
    this.#patience?.cancel();
    this.#patience = this.#deps.clock.setTimer(forMs, () => this.end(why));
  }

  #closed(output: string): Uint8Array {
    const { clock, ids } = this.#deps;
    const { sessionId, request } = this.#options;
    const now = clock.now();
    const id = ids.uuid();
    const content: ChannelClosed = {
      MessageId: id,
      CreatedDate: rfc3339(now),
      DestinationId: request.taskArn,
      SessionId: sessionId,
      MessageType: 'channel_closed',
      SchemaVersion: 1,
      Output: output,
    };
    const head = { type: 'channel_closed', createdAtMs: msFromInstant(now), sequence: 0, flags: messageFlags.fin, id };
    return encodeMessage({ ...head, payloadType: 0, payload: textBytes(JSON.stringify(content)) });
  }
}

/** In a time that does not tell where they differ. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
