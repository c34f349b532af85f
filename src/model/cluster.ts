import type { Instant } from '#base';
import type { ClusterArn, Scope } from './arn.ts';
import type { Tag } from './tags.ts';

/** ACTIVE until deleted; an INACTIVE cluster stays describable for a while and its name may be used again. */
export type ClusterStatus = 'ACTIVE' | 'INACTIVE';

export interface ClusterSetting {
  readonly name: 'containerInsights';
  readonly value: string;
}

/** Stored as given and answered with `include: CONFIGURATIONS`. */
export interface ClusterConfiguration {
  readonly executeCommandConfiguration?: Readonly<Record<string, unknown>>;
  readonly managedStorageConfiguration?: Readonly<Record<string, unknown>>;
}

export interface Cluster extends Scope {
  readonly clusterArn: ClusterArn;
  readonly clusterName: string;
  readonly status: ClusterStatus;
  readonly settings: readonly ClusterSetting[];
  readonly configuration?: ClusterConfiguration;
  readonly serviceConnectDefaults?: { readonly namespace: string };
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
  readonly inactiveAt?: Instant;
}
