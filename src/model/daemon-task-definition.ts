import type { RegisterDaemonTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import type { Instant } from '#base';
import type { DaemonTaskDefinitionArn, Scope } from './arn.ts';
import type { Tag } from './tags.ts';

/** As with task definitions, the content keeps the SDK's shapes (types only), normalised. */
export type DaemonContainerDefinition = NonNullable<
  RegisterDaemonTaskDefinitionCommandInput['containerDefinitions']
>[number];
export type DaemonVolume = NonNullable<RegisterDaemonTaskDefinitionCommandInput['volumes']>[number];

/** ACTIVE -> DELETE_IN_PROGRESS (asked for) -> DELETED (nothing refers to it), describable for a while. */
export type DaemonTaskDefinitionStatus = 'ACTIVE' | 'DELETE_IN_PROGRESS' | 'DELETED';

/** The user's part of a daemon task definition, normalised. */
export interface DaemonTaskDefinitionContent {
  readonly family: string;
  readonly containerDefinitions: readonly DaemonContainerDefinition[];
  readonly volumes: readonly DaemonVolume[];
  /** CPU units of the whole task as decimal text. */
  readonly cpu?: string;
  /** MiB of the whole task as decimal text. */
  readonly memory?: string;
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
  /** `shared` is the host's namespace; `none`, the default, one of the task's own. */
  readonly pidMode?: 'none' | 'shared';
  readonly ipcMode?: 'none' | 'shared';
}

export interface DaemonTaskDefinition extends Scope, DaemonTaskDefinitionContent {
  readonly daemonTaskDefinitionArn: DaemonTaskDefinitionArn;
  readonly revision: number;
  readonly status: DaemonTaskDefinitionStatus;
  readonly registeredAt: Instant;
  readonly registeredBy: string;
  readonly deleteRequestedAt?: Instant;
  readonly deletedAt?: Instant;
  readonly tags: readonly Tag[];
}

/** The last revision number ever given to a family; deleting a revision never frees its number. */
export interface DaemonTaskDefinitionFamily extends Scope {
  readonly family: string;
  readonly lastRevision: number;
}
