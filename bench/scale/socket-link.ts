import { WebSocket } from 'ws';
import { signRequest } from '#wire/client';
import { SystemClock } from '../../src/main/system-clock.ts';
import type { AgentLink } from '../../test/support/simulated-agent-options.ts';
import type { Target } from './signed-client.ts';

const clock = new SystemClock();

/** A simulated agent's channel over a real websocket, signed like an agent's. What fails is a connection that closed. */
export function socketLink({ url, keys }: Target, channel: 'acs' | 'tcs', query: URLSearchParams): AgentLink {
  const path = `/${channel === 'acs' ? 'acs' : 'tcs'}/ws?${query.toString()}`;
  const { host } = new URL(url);
  const signed = signRequest(
    { method: 'GET', url: path, headers: { host }, body: new Uint8Array() },
    { credentials: keys, region: 'us-east-1', service: 'ecs', now: clock.now() },
  );
  const headers = Object.fromEntries(
    Object.entries(signed).flatMap(([name, value]) => (name === 'host' ? [] : [[name, String(value)]])),
  );
  const socket = new WebSocket(`ws://${host}${path}`, { headers, perMessageDeflate: false });
  const waiting: string[] = [];
  socket.on('open', () => {
    for (const text of waiting.splice(0)) socket.send(text);
  });
  socket.on('error', () => {});
  return {
    connection: {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
        else if (socket.readyState === WebSocket.CONNECTING) waiting.push(text);
      },
      close: (code, reason) => socket.close(code, reason),
      ping: () => socket.ping(),
      onSign: (listener) => void socket.on('ping', () => listener()).on('pong', () => listener()),
      onMessage: (listener) => void socket.on('message', (data: Buffer) => listener(data.toString('utf8'))),
      onClose: (listener) => void socket.once('close', (code, reason) => listener(code, reason.toString('utf8'))),
    },
    cut: () => socket.terminate(),
  };
}
