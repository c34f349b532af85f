import { hash, timingSafeEqual } from 'node:crypto';
import { type Clock, type Ids, msFromInstant, rfc3339, type Timer } from '#base';
import {
  type Acknowledgment,
  abnormalClose,
  type ChannelClosed,
  type DataConnection,
  encodeMessage,
  messageFlags,
  type OpenDataChannel,
  ownClientPrefix,
  type SessionMessageHead,
  textBytes,
} from '#wire/session';
import { sessionLimits } from './limits.ts';
import { LostAcknowledgments } from './lost-acknowledgments.ts';
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

/**
 * One command's session: two connections, each of which hears what the other says. When the caller's breaks, the command goes
 * on for a while: what it says meanwhile is dropped here and repeated by its own side, until the caller is back with a new
 * token. A caller who says goodbye ends it.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #deps: SessionDeps;
  readonly #waiting: (string | Uint8Array)[] = [];
  readonly #lost: LostAcknowledgments;
  #callerToken: { readonly value: string; readonly untilMs: number } | undefined;
  #caller: DataConnection | undefined;
  #host: DataConnection | undefined;
  /** The agent may come. */
  #called = false;
  #begun = false;
  #patience: Timer | undefined;
  #absence: Timer | undefined;
  #lastWordMs: number;
  #ended = false;

  constructor(options: SessionOptions, deps: SessionDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#lastWordMs = deps.clock.monotonicMs();
    this.#lost = new LostAcknowledgments({
      acknowledge: (message) => this.#host?.send(acknowledgment(message, deps)),
    });
    this.#expect(options.callerToken);
    this.#wait(sessionLimits.connectWithinMs, 'Nobody connected to the session.');
  }

  get request(): SessionRequest {
    return this.#options.request;
  }

  /** A connection with its first message; false when the token is not one of the two, or was used. */
  join(connection: DataConnection, hello: Partial<OpenDataChannel>): boolean {
    if (this.#ended || typeof hello.TokenValue !== 'string') return false;
    const expected = this.#callerToken;
    if (expected !== undefined && isSame(hello.TokenValue, expected.value)) {
      if (this.#deps.clock.monotonicMs() > expected.untilMs) return false;
      this.#joinCaller(connection, hello);
      return true;
    }
    if (this.#called && this.#host === undefined && isSame(hello.TokenValue, this.#options.hostToken)) {
      this.#host = connection;
      this.#joinHost(connection);
      return true;
    }
    return false;
  }

  /** The caller goes on with this token; the one before is worth nothing any more. Its connection ends when the next comes. */
  resume(callerToken: string): void {
    this.#expect(callerToken);
    if (this.#absence !== undefined) this.#awaitCaller();
  }

  /** Ends it; `told` is shown to the caller when it is not empty. */
  end(told: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#patience?.cancel();
    this.#absence?.cancel();
    this.#deps.transcript?.end();
    this.#host?.close(1000, told);
    if (this.#caller !== undefined) {
      this.#caller.send(this.#closed(told));
      this.#caller.close(1000, '');
    }
    this.#deps.onEnded(told === '' ? 'the command or its caller ended' : told);
  }

  #expect(value: string): void {
    const untilMs = this.#deps.clock.monotonicMs() + sessionLimits.connectWithinMs;
    this.#callerToken = { value, untilMs };
  }

  #joinCaller(connection: DataConnection, hello: Partial<OpenDataChannel>): void {
    const before = this.#caller;
    this.#caller = connection;
    this.#callerToken = undefined;
    this.#absence?.cancel();
    this.#absence = undefined;
    before?.close(policyViolation, 'The session goes on at another connection');
    // Our own client acknowledges whatever comes again.
    const isOwn = hello.ClientVersion?.startsWith(ownClientPrefix) === true;
    this.#lost.goOn(isOwn ? undefined : connection);
    connection.onClose((code) => {
      if (connection === this.#caller) this.#callerGone(code);
    });
    connection.onMessage((data) => {
      if (connection === this.#caller) this.#fromCaller(data);
    });
    if (!this.#begun) this.#begin(hello.RoadsteadTerminal !== false);
  }

  #fromCaller(data: string | Uint8Array): void {
    this.#heard();
    this.#lost.heard(data);
    if (this.#host !== undefined) this.#host.send(data);
    else if (this.#waiting.length < sessionLimits.waiting) this.#waiting.push(data);
  }

  #callerGone(code: number): void {
    this.#caller = undefined;
    if (code !== abnormalClose) return this.end('');
    this.#awaitCaller();
  }

  #awaitCaller(): void {
    this.#absence?.cancel();
    this.#absence = this.#deps.clock.setTimer(sessionLimits.resumeWithinMs, () =>
      this.end('The connection to the caller was lost.'),
    );
  }

  #begin(terminal: boolean): void {
    this.#begun = true;
    void this.#deps.recorded.then((isRecorded) => {
      if (this.#ended) return;
      if (isRecorded) this.#callAgent(terminal);
      else this.end('The session could not be recorded for audit. Its control plane says why.');
    });
  }

  #callAgent(terminal: boolean): void {
    const { sessionId, request, streamPath, hostToken: tokenValue } = this.#options;
    const { containerInstanceArn, taskArn, containerName, command } = request;
    this.#called = true;
    const call = { containerInstanceArn, sessionId, taskArn, containerName, command, terminal, streamPath, tokenValue };
    if (!this.#deps.callAgent(call)) {
      this.end('The agent of the task is not connected. Try again when it is back.');
      return;
    }
    this.#wait(sessionLimits.answerWithinMs, 'The agent of the task did not answer in time. Try again.');
  }

  #joinHost(connection: DataConnection): void {
    connection.onClose((_code, reason) => this.end(reason));
    connection.onMessage((data) => {
      this.#heard();
      this.#deps.transcript?.take(data);
      if (this.#caller === undefined) return;
      this.#caller.send(data);
      this.#lost.sent(data);
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
    const content: ChannelClosed = {
      MessageId: ids.uuid(),
      CreatedDate: rfc3339(clock.now()),
      DestinationId: request.taskArn,
      SessionId: sessionId,
      MessageType: 'channel_closed',
      SchemaVersion: 1,
      Output: output,
    };
    return own('channel_closed', content, messageFlags.fin, this.#deps);
  }
}

const policyViolation = 1008;

/** What the caller would have sent. */
function acknowledgment(
  { type, id, sequence }: SessionMessageHead,
  deps: Pick<SessionDeps, 'clock' | 'ids'>,
): Uint8Array {
  const content: Acknowledgment = {
    AcknowledgedMessageType: type,
    AcknowledgedMessageId: id,
    AcknowledgedMessageSequenceNumber: sequence,
    IsSequentialMessage: true,
  };
  return own('acknowledge', content, messageFlags.acknowledge, deps);
}

function own(
  type: string,
  content: object,
  flags: number,
  { clock, ids }: Pick<SessionDeps, 'clock' | 'ids'>,
): Uint8Array {
  const head = { type, createdAtMs: msFromInstant(clock.now()), sequence: 0, flags, id: ids.uuid() };
  return encodeMessage({ ...head, payloadType: 0, payload: textBytes(JSON.stringify(content)) });
}

/** In a time that does not tell where they differ. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
