import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

export type PortProtocol = 'tcp' | 'udp';

/** A port of the host, held so that nobody else takes it: whoever tries is told that it is in use. */
export interface HeldPort {
  release(): Promise<void>;
}

/** Ports of the host, as a port: `undefined` when somebody has it. */
export type HoldPort = (port: number, protocol: PortProtocol) => Promise<HeldPort | undefined>;

/** Packets for a listener never come as far as these sockets: they are led on before. */
export const holdPort: HoldPort = (port, protocol) => (protocol === 'tcp' ? holdTcp(port) : holdUdp(port));

function holdTcp(port: number): Promise<HeldPort | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => {
      server.unref();
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

function holdUdp(port: number): Promise<HeldPort | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ port, address: '0.0.0.0', exclusive: true }, () => {
      socket.unref();
      resolve({ release: () => new Promise((done) => socket.close(() => done())) });
    });
  });
}
