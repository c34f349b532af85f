import { createHash } from 'node:crypto';
import type { MeshEgress, MeshIngress } from '#wire/link';

/** Names in the configuration are made of ids: the same in every run, and no text of a user's. */
function short(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

export function egressName({ endpointId, address, port }: MeshEgress): string {
  return `eg_${short(endpointId, address, port)}`;
}

export function ingressName({ endpointId, listenerPort }: MeshIngress): string {
  return `in_${short(endpointId, listenerPort)}`;
}

/** The targets of one share of an endpoint. */
export function shareName(endpointId: string, share: string): string {
  return `to_${short(endpointId, share)}`;
}

/** The application behind an ingress. */
export function applicationName(ingress: MeshIngress): string {
  return `app_${short(ingress.endpointId, ingress.listenerPort)}`;
}

export function certificateFile(certificateArn: string): string {
  return `${short(certificateArn)}.pem`;
}

export function authorityFile(endpointId: string): string {
  return `${short('authority', endpointId)}.ca.crt`;
}
