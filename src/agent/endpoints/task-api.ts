import type { RoleCredentials } from '#wire/link';

/** What the agent asks the control plane for on behalf of a task. Refusals throw an ApiError of `wire/aws`. */
export interface TaskApi {
  /** Signed by the agent itself, or as a role of the task. */
  listTagsForResource(input: { readonly resourceArn: string }, as: Signer): Promise<readonly Tag[]>;
  getTaskProtection(input: ProtectionQuestion, as: Signer): Promise<ProtectionAnswer>;
  updateTaskProtection(input: ProtectionChange, as: Signer): Promise<ProtectionAnswer>;
}

export interface Signer {
  readonly region: string;
  /** Absent: the agent's own. */
  readonly credentials?: RoleCredentials;
  readonly signal: AbortSignal;
}

export interface Tag {
  readonly key?: string;
  readonly value?: string;
}

export interface ProtectionQuestion {
  readonly cluster: string;
  readonly tasks: readonly string[];
}

export interface ProtectionChange extends ProtectionQuestion {
  readonly protectionEnabled: boolean;
  readonly expiresInMinutes?: number;
}

export interface ProtectionAnswer {
  readonly protectedTasks?: readonly {
    readonly taskArn?: string;
    readonly protectionEnabled?: boolean;
    /** Epoch seconds. */
    readonly expirationDate?: number;
  }[];
  readonly failures?: readonly { readonly arn?: string; readonly reason?: string; readonly detail?: string }[];
}

/** The region an ARN names: a host may run tasks of several. */
export function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}
