import { WebSocket } from 'ws';
import { Fault } from '#base';
import type { DataConnection } from '#wire/session';

const handshakeTimeoutMs = 10_000;

/** A session's websocket. Rejects with Fault `Unreachable`. */
export function openChannel(url: string): Promise<DataConnection> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { handshakeTimeout: handshakeTimeoutMs, perMessageDeflate: false });
    socket.once('open', () => resolve(connectionOf(socket)));
    socket.on('error', (cause) => reject(new Fault('Unreachable', cause.message, { cause })));
  });
}

/** Nothing arrives before the token is sent. */
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
