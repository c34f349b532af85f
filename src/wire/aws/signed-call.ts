import type { Clock } from '#base';
import type { WireHeaders } from './request.ts';
import { SigningKeys } from './sigv4-canonical.ts';
import { type Credentials, signRequest } from './sigv4-sign.ts';

/** Where a client's calls go, and as whom. */
export interface CallerOptions {
  /** The service's signing name: `ecs`. */
  readonly service: string;
  /** `http://127.0.0.1:4566`; a path after it is kept. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

export interface ClientDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly send: SendRequest;
}

/** HTTP as a port. Rejects when no answer came; every answer that came resolves, whatever its status. */
export type SendRequest = (request: ClientRequest, signal?: AbortSignal) => Promise<ClientResponse>;

export interface ClientRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface ClientResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: WireHeaders;
  readonly body: Uint8Array;
}

/** Signs and posts a body, with these headers beside the host's and the signature's. */
export type Post = (
  body: string,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
) => Promise<ClientResponse>;

export function createPost(options: CallerOptions, deps: ClientDeps): Post {
  const endpoint = new URL(options.endpoint);
  const path = endpoint.pathname === '' ? '/' : endpoint.pathname;
  const keys = new SigningKeys(4);
  return async (text, given, signal) => {
    const body = Buffer.from(text, 'utf8');
    const request = { method: 'POST', url: path, headers: { host: endpoint.host, ...given }, body };
    const { credentials, region, service } = options;
    const signed = signRequest(request, { credentials, region, service, now: deps.clock.now(), keys });
    const headers = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name, String(value)]));
    return await deps.send({ method: 'POST', url: `${endpoint.origin}${path}`, headers, body }, signal);
  };
}
