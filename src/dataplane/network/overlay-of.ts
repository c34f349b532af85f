import type { Overlay } from '../fabric/overlay-plan.ts';
import type { NetworkDocuments } from './host-network.ts';

/**
 * What the fabric between hosts is by the documents. Hosts that share this one's address are on this machine: their
 * interfaces are routed by the agent that has them. Interfaces of a host that is no peer (any more) have no route.
 */
export function overlayOf(host: string, underlayAddress: string | undefined, documents: NetworkDocuments): Overlay {
  const unreachable = new Set([...documents.all('vpc').values()].flatMap(({ cidrs }) => cidrs));
  if (underlayAddress === undefined) return { peers: new Set(), routes: new Map(), unreachable };
  const addressOf = new Map<string, string>();
  for (const [id, peer] of documents.all('peer')) {
    if (id !== host && peer.underlayAddress !== underlayAddress) addressOf.set(id, peer.underlayAddress);
  }
  const routes = new Map<string, string>();
  for (const { host: at, addresses } of documents.all('interface').values()) {
    const peer = at === undefined ? undefined : addressOf.get(at);
    if (peer !== undefined) for (const address of addresses) routes.set(address, peer);
  }
  return { underlayAddress, peers: new Set(addressOf.values()), routes, unreachable };
}
