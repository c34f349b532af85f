import type { RawData, WebSocket } from 'ws';
import type { DataConnection } from '#wire/session';

/** A websocket as a session's connection: text and binary frames as they are. */
export function dataConnection(socket: WebSocket): DataConnection {
  return {
    send: (data) => socket.send(data, () => {}),
    close: (code, reason) => socket.close(code, reason.slice(0, 120)),
    onMessage: (listener) =>
      void socket.on('message', (data, isBinary) => listener(isBinary ? bytesOf(data) : bytesOf(data).toString())),
    onClose: (listener) => void socket.on('close', (code, reason) => listener(code, reason.toString())),
  };
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
