import { maxReservedPorts } from '../limits.ts';
import type { HostView, PlacementRequest, Refusal } from '../types.ts';

/** The fixed TCP ports are free, and with them the instance keeps within the ports it may reserve. */
export function tcpPorts(host: HostView, { reserves }: PlacementRequest): Refusal | undefined {
  const refusal = portsInUse('TCP', reserves.tcpPorts, host.usedTcpPorts);
  if (refusal !== undefined) return { reason: 'RESOURCE:PORTS', detail: refusal };
  const used = host.usedTcpPorts.size + host.usedUdpPorts.size;
  const needed = reserves.tcpPorts.length + reserves.udpPorts.length;
  if (needed === 0 || used + needed <= maxReservedPorts) return undefined;
  const detail = `needs ${needed} host ports, ${used} of ${maxReservedPorts} are reserved`;
  return { reason: 'RESOURCE:PORTS', detail };
}

/** The fixed UDP ports are free. */
export function udpPorts(host: HostView, { reserves }: PlacementRequest): Refusal | undefined {
  const refusal = portsInUse('UDP', reserves.udpPorts, host.usedUdpPorts);
  return refusal === undefined ? undefined : { reason: 'RESOURCE:PORTS_UDP', detail: refusal };
}

function portsInUse(protocol: string, needed: readonly number[], used: ReadonlySet<number>): string | undefined {
  const taken = needed.filter((port) => used.has(port));
  if (taken.length === 0) return undefined;
  return taken.length === 1
    ? `${protocol} port ${taken[0]} is in use`
    : `${protocol} ports ${taken.join(', ')} are in use`;
}
