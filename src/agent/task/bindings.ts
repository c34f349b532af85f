import type { NetworkBinding } from '#model';
import type { PayloadContainer, PayloadTask } from '#wire/link';
import type { HostPorts, PortProtocol } from '../host/ports.ts';
import { portRange } from './parse.ts';

/**
 * The host ports of a container, dynamic ones chosen now. Bridge mode maps, host mode shows the container's own ports,
 * the other modes have none. Throws Fault `NoFreePort`.
 */
export async function chooseBindings(
  networkMode: PayloadTask['networkMode'],
  definition: PayloadContainer,
  ports: HostPorts,
): Promise<readonly NetworkBinding[]> {
  if (networkMode === 'awsvpc' || networkMode === 'none') return [];
  const bindings: NetworkBinding[] = [];
  try {
    for (const mapping of definition.portMappings) {
      const { protocol, containerPort, containerPortRange, hostPort } = mapping;
      if (containerPortRange !== undefined) {
        bindings.push({ bindIP: '0.0.0.0', protocol, ...(await rangeBinding(networkMode, mapping, ports)) });
      } else if (containerPort !== undefined) {
        const dynamic = networkMode === 'bridge' && (hostPort === undefined || hostPort === 0);
        const chosen = networkMode === 'host' ? containerPort : dynamic ? await ports.take(protocol, 1) : hostPort;
        bindings.push({ bindIP: '0.0.0.0', containerPort, hostPort: chosen ?? containerPort, protocol });
      }
    }
    for (const { protocol, first, count } of heldPorts(bindings)) ports.hold(protocol, first, count);
    return bindings;
  } catch (error) {
    releasePorts(bindings, ports);
    throw error;
  }
}

/** Gives back the host ports of a container. */
export function releasePorts(bindings: readonly NetworkBinding[], ports: HostPorts): void {
  for (const { protocol, first, count } of heldPorts(bindings)) ports.release(protocol, first, count);
}

async function rangeBinding(
  networkMode: PayloadTask['networkMode'],
  { containerPortRange = '', protocol }: PayloadContainer['portMappings'][number],
  ports: HostPorts,
): Promise<NetworkBinding> {
  const range = portRange(containerPortRange);
  if (networkMode === 'host' || range === undefined) return { containerPortRange, hostPortRange: containerPortRange };
  const count = range.last - range.first + 1;
  const first = await ports.take(protocol, count);
  return { containerPortRange, hostPortRange: `${first}-${first + count - 1}` };
}

/** Whether another choice of host ports is possible at all. */
export function hasDynamicPorts(networkMode: PayloadTask['networkMode'], definition: PayloadContainer): boolean {
  if (networkMode !== 'bridge') return false;
  return definition.portMappings.some(
    ({ hostPort, containerPortRange }) => containerPortRange !== undefined || hostPort === undefined || hostPort === 0,
  );
}

/** Each binding as protocol, first port and count, to hold or release. */
export function heldPorts(
  bindings: readonly NetworkBinding[],
): readonly { readonly protocol: PortProtocol; readonly first: number; readonly count: number }[] {
  return bindings.map(({ protocol = 'tcp', hostPort = 0, hostPortRange }) => {
    const range = hostPortRange === undefined ? undefined : portRange(hostPortRange);
    if (range === undefined) return { protocol, first: hostPort, count: 1 };
    return { protocol, first: range.first, count: range.last - range.first + 1 };
  });
}
