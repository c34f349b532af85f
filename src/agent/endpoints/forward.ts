import type { IncomingMessage, ServerResponse } from 'node:http';
import { http, loadHttps } from '../host/node-http.ts';

/** The control plane itself, or the socket of an agent that knows the way. */
export type ForwardTarget = { readonly url: string } | { readonly socketPath: string };

/** Hands a request on to the control plane, and its answer back. */
export type Forward = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/**
 * The id of the access key by which a request is signed for an AWS API, in its headers or its query: such a request is
 * for the control plane, which verifies it. `undefined` when it is not signed.
 */
export function signingKeyOf({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): string | undefined {
  const inHeader = /^AWS4-.*?\bCredential=([^/,\s]*)/.exec(headers.authorization ?? '');
  const inQuery = /[?&]X-Amz-Credential=([^&%/]*)/.exec(url);
  return inHeader?.[1] ?? inQuery?.[1];
}

/** ms without a sign of life from the control plane. */
const silenceMs = 60_000;

/**
 * A control plane listens on its own machine's loopback, where no task reaches it, or elsewhere: tasks call it at the
 * address that every SDK knows already. Nothing that was signed is changed. The peer is named in X-Forwarded-For, so
 * that nobody takes it for a process of the control plane's machine.
 */
export function createForward(to: ForwardTarget): Forward {
  const transport = 'url' in to && to.url.startsWith('https:') ? loadHttps() : http;
  const agent = new transport.Agent({ keepAlive: true, maxSockets: 64 });
  return (incoming, outgoing) => {
    const { connection: _, ...headers } = incoming.headers;
    const from = [headers['x-forwarded-for'] ?? [], incoming.socket.remoteAddress ?? []].flat().join(', ');
    const call = transport.request('url' in to ? new URL(to.url) : 'http://agent', {
      ...('url' in to ? {} : to),
      agent,
      method: incoming.method,
      path: incoming.url,
      headers: { ...headers, 'x-forwarded-for': from },
      timeout: silenceMs,
    });
    const fail = (): void => {
      incoming.unpipe(call);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(503, { 'content-type': 'application/json', connection: 'close' }).end(unavailable);
    };
    call.on('response', (response) => {
      const { connection: _own, 'keep-alive': _kept, ...answered } = response.headers;
      outgoing.writeHead(response.statusCode ?? 502, answered);
      response.on('error', fail);
      response.pipe(outgoing);
    });
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', fail);
    outgoing.on('close', () => call.destroy());
    incoming.pipe(call);
  };
}

const unavailable = JSON.stringify({
  __type: 'ServiceUnavailable',
  message: 'The control plane does not answer the agent of this host. Try again later.',
});
