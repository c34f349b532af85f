import { aclCompiler } from './acl.ts';
import { balancerCompiler } from './balancer.ts';
import { certificateCompiler, type PrivateKeys } from './certificate.ts';
import type { HostStateCompiler } from './compiler.ts';
import { groupCompiler } from './group.ts';
import { hostPortsCompiler } from './host-ports.ts';
import { interfaceCompiler } from './interface.ts';
import { meshEndpointCompiler } from './mesh-endpoint.ts';
import { meshProxyCompiler } from './mesh-proxy.ts';
import { nameCompiler } from './name.ts';
import { peerCompiler } from './peer.ts';
import { subnetCompiler } from './subnet.ts';
import { targetGroupCompiler } from './target-group.ts';
import { vpcCompiler } from './vpc.ts';
import { zoneCompiler } from './zone.ts';

/** The compilers of all kinds that need nothing but records. */
export const hostStateCompilers: readonly HostStateCompiler[] = [
  peerCompiler,
  vpcCompiler,
  subnetCompiler,
  groupCompiler,
  aclCompiler,
  interfaceCompiler,
  hostPortsCompiler,
  zoneCompiler,
  nameCompiler,
  balancerCompiler,
  targetGroupCompiler,
  meshProxyCompiler,
  meshEndpointCompiler,
];

/** Those of all kinds; without private keys there are no certificates. */
export function compilersOf(privateKeys: PrivateKeys | undefined): readonly HostStateCompiler[] {
  return privateKeys === undefined ? hostStateCompilers : [...hostStateCompilers, certificateCompiler(privateKeys)];
}
