import { type Clock, Fault, type Ids, type Logger } from '#base';
import type { DataConnection, Digest, OpenDataChannel } from '#wire/session';
import { readObject } from '#wire/session';
import { sessionLimits } from './limits.ts';
import { Session } from './session.ts';

/** What is to be run, and for whom. */
export interface SessionRequest {
  readonly taskArn: string;
  readonly containerName: string;
  /** The agent's. */
  readonly containerInstanceArn: string;
  readonly command: string;
  readonly principalArn: string;
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
  readonly digest: Digest;
  /** Whether two tokens are the same, in a time that does not tell where they differ. */
  readonly isSame: (a: string, b: string) => boolean;
  /** Tells an agent; false when it is not connected. */
  readonly callAgent: (call: SessionCall) => boolean;
}

const prefix = '/v1/data-channel/';
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** All sessions of this control plane. */
export class Sessions {
  readonly #deps: SessionsDeps;
  readonly #sessions = new Map<string, Session>();

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  get openCount(): number {
    return this.#sessions.size;
  }

  /** Throws Fault `TooManySessions`. */
  open(request: SessionRequest): OpenedSession {
    const { ids, logger } = this.#deps;
    const { taskArn, containerName, principalArn } = request;
    let inContainer = 0;
    for (const { request: other } of this.#sessions.values()) {
      if (other.taskArn === taskArn && other.containerName === containerName) inContainer++;
    }
    if (inContainer >= sessionLimits.sessionsPerContainer) {
      throw new Fault('TooManySessions', `${inContainer} sessions are open in the container.`);
    }
    const sessionId = `ecs-execute-command-${ids.from(letters, 26)}`;
    const streamPath = `${prefix}${sessionId}?role=publish_subscribe`;
    const tokenValue = this.#token();
    const about = { sessionId, taskArn, containerName, principalArn };
    const session = new Session(
      { sessionId, request, streamPath, callerToken: tokenValue, hostToken: this.#token() },
      {
        ...this.#deps,
        onEnded: (why) => {
          this.#sessions.delete(sessionId);
          logger.info('session ended', { ...about, why });
        },
      },
    );
    this.#sessions.set(sessionId, session);
    logger.info('session opened', about);
    return { sessionId, streamPath, tokenValue };
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

  #token(): string {
    return this.#deps.ids.from(letters, 50);
  }
}
