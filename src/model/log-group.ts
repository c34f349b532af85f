import type { Instant } from '#base';
import type { Scope } from './arn.ts';
import { scopeKey } from './arn.ts';
import type { Tag } from './tags.ts';

/** A CloudWatch Logs group. Its streams and events are not records: they are in the files of the log room, under `id`. */
export interface LogGroup extends Scope {
  readonly logGroupName: string;
  /** 32 hexadecimal digits; a group that is made again under the same name has another one. */
  readonly id: string;
  readonly logGroupClass: 'STANDARD' | 'INFREQUENT_ACCESS';
  /** Absent: events are kept for ever. */
  readonly retentionInDays?: number;
  readonly deletionProtectionEnabled?: boolean;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
}

export function logGroupKey(scope: Scope, logGroupName: string): string {
  return `${scopeKey(scope)}/${logGroupName}`;
}

/** `arn:aws:logs:<region>:<account>:log-group:<name>`; AWS writes it with `:*` at its end in older members. */
export function logGroupArn(scope: Scope, logGroupName: string): string {
  return `arn:aws:logs:${scope.region}:${scope.accountId}:log-group:${logGroupName}`;
}

export function logStreamArn(scope: Scope, logGroupName: string, logStreamName: string): string {
  return `${logGroupArn(scope, logGroupName)}:log-stream:${logStreamName}`;
}
