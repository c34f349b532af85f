import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { decideAccess } from '#authz';
import type { Turnstile } from '#base';
import { acsHelloFrom, type Channel, type Dispatcher, upgradeRefusalBody } from '#dispatch';
import type { AccountId, ContainerInstanceArn } from '#model';
import { Sessions } from '#sessions';
import { ApiError, splitTarget } from '#wire/aws';
import { socketConnection } from '#wire/session';
import type { Answerer } from './answer.ts';
import { limits } from './limits.ts';
import { http } from './node-http.ts';
import { websocketConnection } from './websocket-connection.ts';

type Decided =
  | { readonly ok: true; readonly accountId: AccountId; readonly instanceArn: ContainerInstanceArn }
  | ({ readonly ok: false } & Refusal);

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Websockets: the agents' `/acs/ws` and `/tcs/ws`, signed like any other request; and the data channels of sessions, whose
 * first message is a token.
 */
export class Upgrades {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: limits.frameBytes, clientTracking: false });
  readonly #answerer: Answerer;
  readonly #dispatcher: Dispatcher;
  readonly #sessions: Sessions;
  readonly #turns: Turnstile;

  constructor(deps: {
    readonly answerer: Answerer;
    readonly dispatcher: Dispatcher;
    readonly sessions: Sessions;
    readonly turns: Turnstile;
  }) {
    this.#answerer = deps.answerer;
    this.#dispatcher = deps.dispatcher;
    this.#sessions = deps.sessions;
    this.#turns = deps.turns;
  }

  async accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => {});
    await this.#turns.pass('upkeep');
    if (socket.destroyed) return;
    const { path, query } = splitTarget(request.url ?? '/');
    const sessionId = Sessions.sessionIdOf(path);
    if (sessionId !== undefined) {
      this.#server.handleUpgrade(request, socket, head, (websocket) => {
        websocket.on('error', () => {});
        this.#sessions.accept(sessionId, socketConnection(websocket));
      });
      return;
    }
    const channel = channelOf(path);
    if (channel === undefined)
      return refuse(socket, { status: 404, code: 'NotFound', message: 'No websocket is served here.' });
    const parameters = new URLSearchParams(query);
    const decided = this.#decide(request, channel, parameters);
    if (!decided.ok) return refuse(socket, decided);
    this.#server.handleUpgrade(request, socket, head, (websocket) => {
      const connection = websocketConnection(websocket);
      websocket.on('error', () => {});
      const endpoint = `http://${request.headers.host ?? 'localhost'}`;
      if (channel === 'acs') {
        this.#dispatcher.acceptAcs(connection, { ...acsHelloFrom(parameters), endpoint }, decided.accountId);
      } else this.#dispatcher.acceptTcs(connection, decided.instanceArn, decided.accountId);
    });
  }

  #decide(request: IncomingMessage, channel: Channel, query: URLSearchParams): Decided {
    try {
      const { principal } = this.#answerer.verify(
        { method: 'GET', url: request.url ?? '/', headers: request.headersDistinct, body: new Uint8Array() },
        'json',
        'ecs',
      );
      const decision = this.#dispatcher.authorizeUpgrade(channel, query, principal);
      if (!decision.ok) return decision;
      const access = decideAccess({ principal, ...decision.access });
      if (!access.allowed) return { ok: false, status: 403, code: 'AccessDeniedException', message: access.message };
      const instanceArn: ContainerInstanceArn = decision.instance.containerInstanceArn;
      return { ok: true, accountId: principal.accountId, instanceArn };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { ok: false, status: error.status, code: error.code, message: error.message };
    }
  }
}

function channelOf(path: string): Channel | undefined {
  if (path === '/acs/ws') return 'acs';
  return path === '/tcs/ws' ? 'tcs' : undefined;
}

/** Answers an upgrade with an error and closes the connection. */
function refuse(socket: Duplex, refusal: Refusal): void {
  const body = upgradeRefusalBody(refusal);
  socket.end(
    [
      `HTTP/1.1 ${refusal.status} ${http.STATUS_CODES[refusal.status] ?? 'Error'}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
