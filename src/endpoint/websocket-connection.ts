import type { RawData, WebSocket } from 'ws';
import type { Connection } from '#wire/link';

/** A websocket as the agent protocol's connection. Binary frames are read as text, as agents send none. */
export function websocketConnection(socket: WebSocket): Connection {
  return {
    send: (text) => socket.send(text, () => {}),
    close: (code, reason) => socket.close(code, reason.slice(0, 120)),
    ping: () => socket.ping(() => {}),
    onSign: (listener) => void socket.on('ping', () => listener()).on('pong', () => listener()),
    onMessage: (listener) => void socket.on('message', (data) => listener(textOf(data))),
    onClose: (listener) => void socket.on('close', (code, reason) => listener(code, reason.toString())),
  };
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}
