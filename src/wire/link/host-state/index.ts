import type {
  BalancerDocument,
  BalancerNodeReport,
  CertificateDocument,
  TargetGroupDocument,
  TargetHealthReport,
} from './balancing.ts';
import type { NameRecordDocument, NameZoneDocument } from './names.ts';
import type {
  GroupDocument,
  HostPortsDocument,
  InterfaceDocument,
  NetworkAclDocument,
  PeerDocument,
  SubnetDocument,
  VpcDocument,
} from './network.ts';
import type { MeshEndpointDocument, MeshProxyDocument } from './service-connect.ts';

/**
 * What a host shall be beside its tasks: its part of the network, names, load balancers. Each piece is a document with
 * a kind and an id; the control plane says which there are, the agent makes the host so. An agent gets the kinds whose
 * capability it announced (`roadstead.capability.<kind's family>`).
 */
export interface HostDocuments {
  readonly peer: PeerDocument;
  readonly vpc: VpcDocument;
  readonly subnet: SubnetDocument;
  readonly group: GroupDocument;
  readonly acl: NetworkAclDocument;
  readonly interface: InterfaceDocument;
  readonly 'host-ports': HostPortsDocument;
  readonly zone: NameZoneDocument;
  readonly name: NameRecordDocument;
  readonly balancer: BalancerDocument;
  readonly 'target-group': TargetGroupDocument;
  readonly certificate: CertificateDocument;
  readonly 'mesh-proxy': MeshProxyDocument;
  readonly 'mesh-endpoint': MeshEndpointDocument;
}

export type HostDocumentKind = keyof HostDocuments;

/** A document with its address: `kind` and `id` name it, a later one replaces it whole. */
export type HostDocument = {
  readonly [K in HostDocumentKind]: { readonly kind: K; readonly id: string; readonly body: HostDocuments[K] };
}[HostDocumentKind];

/**
 * Roadstead's own message: documents that are new or changed, and those that are gone. The first of a connection is
 * `complete`: what it does not name is gone. Long states are split; `last` is on the final piece, and only then is what
 * was not named taken away. Acknowledged with AckRequest when the agent has them (not when they are in effect).
 */
export interface RoadsteadHostStateMessage {
  readonly messageId: string;
  readonly complete: boolean;
  readonly last: boolean;
  readonly put: readonly HostDocument[];
  readonly remove: readonly { readonly kind: HostDocumentKind; readonly id: string }[];
}

/** What an agent tells of what its documents became; one kind per fact, the newest counts. */
export type HostReport =
  | { readonly kind: 'target-health'; readonly report: TargetHealthReport }
  | { readonly kind: 'balancer-node'; readonly report: BalancerNodeReport }
  /** A listener cannot be reached as wanted; absent `problem`: it can again. */
  | {
      readonly kind: 'listener';
      readonly report: { readonly listenerArn: string; readonly problem?: string };
    };

/** Agent to control plane, over the control channel. */
export interface RoadsteadHostReportMessage {
  readonly messageId: string;
  readonly reports: readonly HostReport[];
}

export type * from './balancing.ts';
export type * from './names.ts';
export type * from './network.ts';
export type * from './service-connect.ts';
