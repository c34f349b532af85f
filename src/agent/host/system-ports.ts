import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { HostPortsOptions, PortProbe, PortProtocol } from './ports.ts';

/** Probes by listening on every address of the host for a moment. */
export const systemPortProbe: PortProbe = {
  isFree(port: number, protocol: PortProtocol): Promise<boolean> {
    return protocol === 'tcp' ? tcpPortIsFree(port) : udpPortIsFree(port);
  },
};

/** The kernel's range for local ports, ECS's own default where it cannot be read. */
export function dynamicPortRange(): HostPortsOptions {
  try {
    const [first, last] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    if (first !== undefined && last !== undefined && first > 0 && last > first) return { first, last };
  } catch {
    // Not Linux.
  }
  return { first: 49_153, last: 65_535 };
}

function tcpPortIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function udpPortIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '0.0.0.0', exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
