import type { Instant } from '#base';
import type { ClusterArn, Scope } from './arn.ts';
import type { CapacityProviderStrategyItem } from './capacity-provider.ts';
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

/**
 * What a cluster has of a provider: `as_policy` with managed scaling, `managed_draining` with managed draining. Both
 * are there as soon as the provider is. `sc`: its default namespace was made for it.
 */
export interface ClusterAttachment {
  readonly id: string;
  readonly type: 'as_policy' | 'managed_draining' | 'sc';
  /** Of those of a provider. */
  readonly capacityProviderName?: string;
  /** `as_policy`: the instances that managed scaling wants; absent until it looked. */
  readonly desiredCapacity?: number;
}

export interface Cluster extends Scope {
  readonly clusterArn: ClusterArn;
  readonly clusterName: string;
  readonly status: ClusterStatus;
  readonly settings: readonly ClusterSetting[];
  readonly configuration?: ClusterConfiguration;
  /** An ARN. */
  readonly serviceConnectDefaults?: { readonly namespace: string };
  /** Names; absent means none. */
  readonly capacityProviders?: readonly string[];
  readonly defaultCapacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  /** What was set up for providers of Auto Scaling groups; absent while there never was one. */
  readonly attachments?: readonly ClusterAttachment[];
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
  readonly inactiveAt?: Instant;
}
