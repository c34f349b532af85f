import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import type { Instant } from '#base';
import type { Scope, TaskDefinitionArn } from './arn.ts';
import type { Tag } from './tags.ts';

/**
 * The content of a task definition keeps the SDK's shapes (types only): it is stored normalised, with ECS's defaults
 * filled in, and answered as it is stored.
 */
export type ContainerDefinition = NonNullable<RegisterTaskDefinitionCommandInput['containerDefinitions']>[number];
export type Volume = NonNullable<RegisterTaskDefinitionCommandInput['volumes']>[number];
export type PortMapping = NonNullable<ContainerDefinition['portMappings']>[number];

export type NetworkMode = 'bridge' | 'host' | 'awsvpc' | 'none';
export type Compatibility = 'EC2' | 'FARGATE' | 'EXTERNAL' | 'MANAGED_INSTANCES';

/** ACTIVE -> INACTIVE (deregistered) -> DELETE_IN_PROGRESS -> gone once nothing refers to it. */
export type TaskDefinitionStatus = 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';

export interface RequiredAttribute {
  readonly name: string;
  readonly value?: string;
}

/** The user's part of a task definition, normalised. */
export interface TaskDefinitionContent {
  readonly family: string;
  readonly containerDefinitions: readonly ContainerDefinition[];
  readonly volumes: readonly Volume[];
  readonly placementConstraints: readonly { readonly type: 'memberOf'; readonly expression: string }[];
  /** Absent when not given; {@link networkModeOf} gives the effective one. */
  readonly networkMode?: NetworkMode;
  readonly requiresCompatibilities?: readonly Compatibility[];
  /** CPU units of the whole task as decimal text, e.g. `"256"`. */
  readonly cpu?: string;
  /** MiB of the whole task as decimal text. */
  readonly memory?: string;
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
  readonly pidMode?: 'host' | 'task';
  readonly ipcMode?: 'host' | 'task' | 'none';
  readonly ephemeralStorage?: { readonly sizeInGiB: number };
  readonly runtimePlatform?: { readonly cpuArchitecture?: string; readonly operatingSystemFamily?: string };
  readonly proxyConfiguration?: RegisterTaskDefinitionCommandInput['proxyConfiguration'];
  readonly enableFaultInjection?: boolean;
}

export interface TaskDefinition extends Scope, TaskDefinitionContent {
  readonly taskDefinitionArn: TaskDefinitionArn;
  readonly revision: number;
  readonly status: TaskDefinitionStatus;
  /** Capabilities an instance must have: the names of the agent's attributes. */
  readonly requiresAttributes: readonly RequiredAttribute[];
  /** Every launch type the definition could run on. */
  readonly compatibilities: readonly Compatibility[];
  readonly registeredAt: Instant;
  readonly registeredBy: string;
  readonly deregisteredAt?: Instant;
  readonly deleteRequestedAt?: Instant;
  readonly tags: readonly Tag[];
}

/** The last revision number ever given to a family; deleting a revision never frees its number. */
export interface TaskDefinitionFamily extends Scope {
  readonly family: string;
  readonly lastRevision: number;
}

/** The effective network mode: `bridge` unless the definition says otherwise. */
export function networkModeOf(definition: Pick<TaskDefinitionContent, 'networkMode'>): NetworkMode {
  return definition.networkMode ?? 'bridge';
}
