import type { Scope } from '../arn.ts';
import type { Tag } from '../tags.ts';

/** A public address that its account keeps until it gives it back. */
export interface ElasticIp extends Scope {
  /** `eipalloc-…` */
  readonly allocationId: string;
  readonly publicIp: string;
  /** Where it leads; absent: nowhere. */
  readonly association?: ElasticIpAssociation;
  readonly tags?: readonly Tag[];
}

export interface ElasticIpAssociation {
  /** `eipassoc-…` */
  readonly associationId: string;
  readonly networkInterfaceId: string;
  readonly privateIpAddress: string;
}

/**
 * Public addresses of an installation that has no range of its own: of a range that no network routes, so that they are
 * reached on the installation's hosts alone, and what goes out leaves by the host's own address.
 */
export const localPublicCidr = '198.18.0.0/15';
