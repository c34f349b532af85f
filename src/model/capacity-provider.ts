import type { Instant } from '#base';
import type { CapacityProviderArn, Scope } from './arn.ts';
import type { Tag } from './tags.ts';

/** FARGATE and FARGATE_SPOT are always there; an EC2_AUTOSCALING provider stands for one group of machines. */
export type CapacityProviderType = 'EC2_AUTOSCALING' | 'FARGATE' | 'FARGATE_SPOT';

/** How ECS asks the group for machines. */
export interface ManagedScaling {
  readonly status: 'ENABLED' | 'DISABLED';
  /** Percent of the group's machines that should have tasks, 1 to 100. */
  readonly targetCapacity: number;
  readonly minimumScalingStepSize: number;
  readonly maximumScalingStepSize: number;
  /** Seconds until a new machine counts. */
  readonly instanceWarmupPeriod: number;
}

export interface AutoScalingGroupProvider {
  /** As the request gave it: an ARN or a name. */
  readonly autoScalingGroupArn: string;
  readonly autoScalingGroupName: string;
  readonly managedScaling: ManagedScaling;
  readonly managedTerminationProtection: 'ENABLED' | 'DISABLED';
  readonly managedDraining: 'ENABLED' | 'DISABLED';
}

/** ACTIVE until deleted; an INACTIVE provider stays describable for a while and its name may be used again. */
export interface CapacityProvider extends Scope {
  readonly capacityProviderArn: CapacityProviderArn;
  readonly name: string;
  readonly type: CapacityProviderType;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly autoScalingGroupProvider?: AutoScalingGroupProvider;
  /** How the last change ended: changes are made at once. */
  readonly updateStatus?: 'UPDATE_COMPLETE' | 'DELETE_COMPLETE';
  readonly tags: readonly Tag[];
  readonly inactiveAt?: Instant;
}

/** Providers that exist in every account and region, unasked. */
export const reservedProviders = ['FARGATE', 'FARGATE_SPOT'] as const;

/** Whether the name is one of the providers that are always there. */
export function isReservedProvider(name: string): name is (typeof reservedProviders)[number] {
  return name === 'FARGATE' || name === 'FARGATE_SPOT';
}

/** One provider of a strategy; of all of them at most one has a base. */
export interface CapacityProviderStrategyItem {
  readonly capacityProvider: string;
  /** Its part of the tasks beyond the base, relative to the other weights. */
  readonly weight: number;
  /** Tasks that it gets before any other provider gets one. */
  readonly base: number;
}
