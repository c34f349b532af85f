import type { DataConnection } from './connection.ts';
import { textOf } from './message.ts';

/** A websocket as the packages of Node.js have it. */
export interface WebSocketLike {
  /** `done` is called with what went wrong, if anything; without it a socket that has closed throws. */
  send(data: string | Uint8Array, done: (error?: Error) => void): void;
  /** As `send`. */
  ping(data: string, mask: undefined, done: (error?: Error) => void): void;
  close(code: number, reason: string): void;
  on(event: 'pong', listener: (data: Uint8Array) => void): unknown;
  on(event: 'message', listener: (data: SocketData, isBinary: boolean) => void): unknown;
  on(event: 'close', listener: (code: number, reason: Uint8Array) => void): unknown;
}

type SocketData = Uint8Array | ArrayBuffer | readonly Uint8Array[];

/** A close frame has no room for more, bytes. */
const longestReason = 120;

/** A websocket as a session's connection: text and binary frames as they are. What was sent to a closed one is nothing. */
export function socketConnection(socket: WebSocketLike): DataConnection {
  const pings = new Map<number, () => void>();
  let pinged = 0;
  // Whoever answers a ping has read the earlier ones too, and need not answer those.
  socket.on('pong', (data) => {
    const answered = Number(textOf(data));
    for (const [ping, tell] of pings) {
      if (ping > answered) break;
      pings.delete(ping);
      tell();
    }
  });
  return {
    send: (data) => socket.send(data, () => {}),
    ping: (answered) => {
      pings.set(++pinged, answered);
      socket.ping(String(pinged), undefined, () => {});
    },
    close: (code, reason) => socket.close(code, reason.slice(0, longestReason)),
    onMessage: (listener) =>
      void socket.on('message', (data, isBinary) => {
        const bytes = bytesOf(data);
        listener(isBinary ? bytes : textOf(bytes));
      }),
    onClose: (listener) => void socket.on('close', (code, reason) => listener(code, textOf(reason))),
  };
}

function bytesOf(data: SocketData): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  const bytes = new Uint8Array(data.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of data) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
