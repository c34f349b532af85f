import type { CertificateDocument, MeshEndpointDocument, MeshProxyDocument } from '#wire/link';
import { missingOf, type ProxyInput } from './render/configuration.ts';

/** The documents that Service Connect follows, each by its id. */
export interface MeshDocuments {
  /** By the ARNs of their tasks. */
  readonly proxies: ReadonlyMap<string, MeshProxyDocument>;
  readonly endpoints: ReadonlyMap<string, MeshEndpointDocument>;
  readonly certificates: ReadonlyMap<string, CertificateDocument>;
}

/** The kinds among a host's documents that matter here. */
export const meshKinds = ['mesh-proxy', 'mesh-endpoint', 'certificate'] as const;

export const noDocuments: MeshDocuments = { proxies: new Map(), endpoints: new Map(), certificates: new Map() };

/** What one task's proxy is to be: everything, or what is awaited. */
export type ProxyDocuments =
  | { readonly is: 'whole'; readonly documents: Omit<ProxyInput, 'places' | 'addresses'> }
  | { readonly is: 'awaited'; readonly missing: readonly string[] };

export function documentsOfTask(all: MeshDocuments, taskArn: string): ProxyDocuments {
  const proxy = all.proxies.get(taskArn);
  if (proxy === undefined) return { is: 'awaited', missing: ['what the proxy is to do'] };
  const documents = { proxy, endpoints: all.endpoints, certificates: all.certificates };
  const missing = missingOf(documents);
  return missing.length > 0 ? { is: 'awaited', missing } : { is: 'whole', documents };
}
