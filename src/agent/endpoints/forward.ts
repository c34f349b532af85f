import type { IncomingMessage, ServerResponse } from 'node:http';
import { http, loadHttps } from '../host/node-http.ts';

/** Hands a request on to the control plane, and its answer back. */
export type Forward = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Whether a request is signed for an AWS API: those are for the control plane, which verifies them. */
export function isSigned({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): boolean {
  return headers.authorization?.startsWith('AWS4-') === true || url.includes('X-Amz-Signature=');
}

/** ms without a sign of life from the control plane. */
const silenceMs = 60_000;

/**
 * A control plane listens on its own machine's loopback, where no task reaches it, or elsewhere: tasks call it at the
 * address that every SDK knows already. Nothing that was signed is changed. The peer is named in X-Forwarded-For, so
 * that nobody takes it for a process of the control plane's machine.
 */
export function createForward(endpoint: string): Forward {
  const target = new URL(endpoint);
  const transport = target.protocol === 'https:' ? loadHttps() : http;
  const agent = new transport.Agent({ keepAlive: true, maxSockets: 64 });
  return (incoming, outgoing) => {
    const { connection: _, ...headers } = incoming.headers;
    const call = transport.request(target, {
      agent,
      method: incoming.method,
      path: incoming.url,
      headers: { ...headers, 'x-forwarded-for': incoming.socket.remoteAddress ?? '' },
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
