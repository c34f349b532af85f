import { WebSocket } from 'ws';
import { Fault } from '#base';
import { socketConnection } from '#wire/session';
import type { ConnectSession } from './sessions.ts';

const handshakeTimeoutMs = 10_000;
const longestFrameBytes = 2 * 1024 ** 2;

/** Data channels at the control plane's own address; what proves who calls is the token sent first. */
export function createConnectSession({ endpoint }: { readonly endpoint: string }): ConnectSession {
  return (streamPath) =>
    new Promise((resolve, reject) => {
      const url = new URL(streamPath, endpoint);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      const socket = new WebSocket(url, {
        handshakeTimeout: handshakeTimeoutMs,
        perMessageDeflate: false,
        maxPayload: longestFrameBytes,
      });
      // The other side speaks only after the token: nothing arrives before somebody listens.
      socket.once('open', () => resolve(socketConnection(socket)));
      socket.on('error', (cause) => reject(new Fault('Connection', cause.message, { retryable: true, cause })));
    });
}
