import { WebSocket } from 'ws';
import { Fault } from '#base';
import { type DataConnection, socketConnection } from '#wire/session';

const handshakeTimeoutMs = 10_000;

/** A session's websocket. Rejects with Fault `Unreachable`. */
export function openChannel(url: string): Promise<DataConnection> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { handshakeTimeout: handshakeTimeoutMs, perMessageDeflate: false });
    // Nothing arrives before the token is sent.
    socket.once('open', () => resolve(socketConnection(socket)));
    socket.on('error', (cause) => reject(new Fault('Unreachable', cause.message, { cause })));
  });
}
