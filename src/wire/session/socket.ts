import type { DataConnection } from './connection.ts';
import { textOf } from './message.ts';

/** A websocket as the packages of Node.js have it. */
export interface WebSocketLike {
  /** `done` is called with what went wrong, if anything; without it a socket that has closed throws. */
  send(data: string | Uint8Array, done: (error?: Error) => void): void;
  close(code: number, reason: string): void;
  on(event: 'message', listener: (data: SocketData, isBinary: boolean) => void): unknown;
  on(event: 'close', listener: (code: number, reason: Uint8Array) => void): unknown;
}

type SocketData = Uint8Array | ArrayBuffer | readonly Uint8Array[];

/** A close frame has no room for more, bytes. */
const longestReason = 120;

/** A websocket as a session's connection: text and binary frames as they are. What was sent to a closed one is nothing. */
export function socketConnection(socket: WebSocketLike): DataConnection {
  return {
    send: (data) => socket.send(data, () => {}),
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
