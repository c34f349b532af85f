import type { HostDocumentKind } from './index.ts';

/** What an agent may be able to do beside tasks. It announces each as the attribute `roadstead.capability.<family>`. */
export type HostStateFamily = 'network' | 'names' | 'balancing' | 'mesh';

export const hostStateFamilies: readonly HostStateFamily[] = ['network', 'names', 'balancing', 'mesh'];

/** The attribute of a container instance whose agent has the family. */
export function capabilityOf(family: HostStateFamily): string {
  return `roadstead.capability.${family}`;
}

/** The families that have to do with a kind: an agent with one of them is given its documents. */
export const familiesOfKind: Readonly<Record<HostDocumentKind, readonly HostStateFamily[]>> = {
  peer: ['network'],
  vpc: ['network', 'names', 'balancing'],
  subnet: ['network', 'names', 'balancing'],
  group: ['network'],
  acl: ['network'],
  interface: ['network', 'names', 'balancing'],
  'host-ports': ['network', 'names'],
  zone: ['names'],
  name: ['names'],
  balancer: ['names', 'balancing'],
  'target-group': ['balancing'],
  certificate: ['balancing', 'mesh'],
  'mesh-proxy': ['mesh'],
  'mesh-endpoint': ['mesh'],
};

export const hostDocumentKinds = Object.keys(familiesOfKind) as readonly HostDocumentKind[];
