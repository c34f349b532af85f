import { WebSocket } from 'ws';
import { Fault } from '#base';
import type { DataConnection } from '#wire/session';
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
      socket.once('open', () => resolve(connectionOf(socket)));
      socket.on('error', (cause) => reject(new Fault('Connection', cause.message, { retryable: true, cause })));
    });
}

/** The other side speaks only after the token: nothing arrives before whoever opened the connection listens. */
function connectionOf(socket: WebSocket): DataConnection {
  return {
    send: (data) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(data);
    },
    close: (code, reason) => socket.close(code, reason.slice(0, 120)),
    onMessage: (listener) =>
      void socket.on('message', (data, isBinary) => {
        const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
        listener(isBinary ? bytes : bytes.toString());
      }),
    onClose: (listener) => void socket.on('close', (code, reason) => listener(code, reason.toString())),
  };
}
