import { type Clock, Fault, type Ids, type Logger, messageOf, rfc3339 } from '#base';
import { type DataConnection, type OpenDataChannel, readObject } from '#wire/session';
import type { AuditEntry, AuditTrail } from './audit.ts';
import { sessionLimits } from './limits.ts';
import { Session } from './session.ts';
import { Transcript, type TranscriptDeps } from './transcript.ts';

/** What is to be run, and for whom. */
export interface SessionRequest {
  readonly taskArn: string;
  readonly containerName: string;
  /** The agent's. */
  readonly containerInstanceArn: string;
  readonly command: string;
  readonly principalArn: string;
  /** The id of the log group that keeps what the session shows; its stream is the session's. Absent: nothing is kept. */
  readonly logGroup?: string;
}

/** What the caller connects with. */
export interface OpenedSession {
  readonly sessionId: string;
  /** Path and query of the caller's websocket. */
  readonly streamPath: string;
  readonly tokenValue: string;
}

/** What an agent is told: connect to `streamPath` with the token, and run the command. */
export interface SessionCall {
  readonly containerInstanceArn: string;
  readonly sessionId: string;
  readonly taskArn: string;
  readonly containerName: string;
  readonly command: string;
  readonly terminal: boolean;
  readonly streamPath: string;
  readonly tokenValue: string;
}

export interface SessionsDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Who opened which session, and how it ended. */
  readonly audit: AuditTrail;
  /** Keeps what sessions show. */
  readonly keep: TranscriptDeps['keep'];
  /** Tells an agent; false when it is not connected. */
  readonly callAgent: (call: SessionCall) => boolean;
}

const prefix = '/v1/data-channel/';
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** All sessions of this control plane. */
export class Sessions {
  readonly #deps: SessionsDeps;
  readonly #sessions = new Map<string, Session>();
  /** Whose sessions are over: the oldest first. */
  readonly #over = new Map<string, SessionRequest>();

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  get openCount(): number {
    return this.#sessions.size;
  }

  /** Throws Fault `TooManySessions`. */
  open(request: SessionRequest): OpenedSession {
    const { ids, logger } = this.#deps;
    const { taskArn, containerName } = request;
    let inContainer = 0;
    for (const { request: other } of this.#sessions.values()) {
      if (other.taskArn === taskArn && other.containerName === containerName) inContainer++;
    }
    if (inContainer >= sessionLimits.sessionsPerContainer) {
      throw new Fault('TooManySessions', `${inContainer} sessions are open in the container.`);
    }
    const sessionId = `ecs-execute-command-${ids.from(letters, 26)}`;
    const tokenValue = this.#token();
    const about = aboutOf(sessionId, request);
    const session = new Session(
      { sessionId, request, streamPath: streamPathOf(sessionId), callerToken: tokenValue, hostToken: this.#token() },
      {
        ...this.#deps,
        ...this.#transcript(sessionId, request.logGroup),
        recorded: this.#record({ ...about, event: 'SessionOpened' }),
        onEnded: (why) => {
          this.#forget(sessionId, request);
          logger.info('session ended', { ...about, why });
          void this.#record({ ...about, event: 'SessionEnded', why });
        },
      },
    );
    this.#sessions.set(sessionId, session);
    logger.info('session opened', about);
    return { sessionId, streamPath: streamPathOf(sessionId), tokenValue };
  }

  /** What a session is for, also for a while after its end. */
  requestOf(sessionId: string): SessionRequest | undefined {
    return this.#sessions.get(sessionId)?.request ?? this.#over.get(sessionId);
  }

  /**
   * A new token for the caller of a session, whose connection broke; the token before is refused from now on. `undefined` when
   * the session is over. Throws Fault `NotRecorded`.
   */
  async resume(sessionId: string, principalArn: string): Promise<OpenedSession | undefined> {
    const { request } = this.#sessions.get(sessionId) ?? {};
    if (request === undefined) return undefined;
    const about = { ...aboutOf(sessionId, request), principalArn };
    if (!(await this.#record({ ...about, event: 'SessionResumed' }))) {
      throw new Fault('NotRecorded', 'The session could not be recorded for audit. Its control plane says why.');
    }
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return undefined;
    const tokenValue = this.#token();
    session.resume(tokenValue);
    this.#deps.logger.info('session gets a new token', about);
    return { sessionId, streamPath: streamPathOf(sessionId), tokenValue };
  }

  /** Ends a session, if it is not over. */
  terminate(sessionId: string, principalArn: string): void {
    this.#sessions.get(sessionId)?.end(`SessionId: ${sessionId} : the session was terminated by ${principalArn}.`);
  }

  /** The session that a websocket's path names; `undefined` for any other path. */
  static sessionIdOf(path: string): string | undefined {
    return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
  }

  /** Takes over a websocket that was opened for a session. Its first message must be a token's. */
  accept(sessionId: string, connection: DataConnection): void {
    const timer = this.#deps.clock.setTimer(sessionLimits.tokenWithinMs, () => refuse('No token was sent in time'));
    const refuse = (why: string): void => {
      timer.cancel();
      connection.close(1008, why);
    };
    let session: Session | undefined;
    let ended = false;
    connection.onClose(() => {
      timer.cancel();
      ended = true;
    });
    connection.onMessage((data) => {
      if (session !== undefined || ended) return;
      timer.cancel();
      const hello = typeof data === 'string' ? readObject<OpenDataChannel>(data) : undefined;
      session = this.#sessions.get(sessionId);
      if (session?.join(connection, hello ?? {}) !== true)
        refuse('The session is not known, or the token is not its own');
    });
  }

  /** Ends all sessions. */
  [Symbol.dispose](): void {
    for (const session of this.#sessions.values()) session.end('The control plane is restarting.');
  }

  #forget(sessionId: string, request: SessionRequest): void {
    this.#sessions.delete(sessionId);
    this.#over.set(sessionId, request);
    const [oldest] = this.#over.keys();
    if (this.#over.size > sessionLimits.remembered && oldest !== undefined) this.#over.delete(oldest);
  }

  /** Whether the entry is on disk. */
  async #record(entry: Omit<AuditEntry, 'time'>): Promise<boolean> {
    const { audit, clock, logger } = this.#deps;
    try {
      await audit.record({ time: rfc3339(clock.now()), ...entry });
      return true;
    } catch (error) {
      const { sessionId, event } = entry;
      logger.error('a session could not be recorded for audit', { sessionId, event, error: messageOf(error) });
      return false;
    }
  }

  #transcript(logStream: string, logGroup: string | undefined): { readonly transcript?: Transcript } {
    if (logGroup === undefined) return {};
    const { logger } = this.#deps;
    const onLost = (error: unknown): void =>
      logger.warn('what a session showed could not be kept', { sessionId: logStream, error: messageOf(error) });
    return { transcript: new Transcript({ logGroup, logStream }, { ...this.#deps, onLost }) };
  }

  #token(): string {
    return this.#deps.ids.from(letters, 50);
  }
}

function streamPathOf(sessionId: string): string {
  return `${prefix}${sessionId}?role=publish_subscribe`;
}

/** What an audit entry says of a session. */
function aboutOf(
  sessionId: string,
  { taskArn, containerName, containerInstanceArn, principalArn }: SessionRequest,
): Omit<AuditEntry, 'time' | 'event' | 'why'> {
  return { sessionId, taskArn, containerName, containerInstanceArn, principalArn };
}
