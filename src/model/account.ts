import type { Instant } from '#base';
import type { AccountId } from './arn.ts';

/**
 * An account: the wall between users. `platform` is Roadstead's own account, in which the hosts of the Fargate pool
 * are registered; users never see it.
 */
export interface Account {
  readonly accountId: AccountId;
  readonly name: string;
  readonly kind: 'user' | 'platform';
  readonly createdAt: Instant;
}

/** Who a key speaks for. Roles and users join this union when IAM exists. */
export type Principal =
  | { readonly type: 'root'; readonly accountId: AccountId; readonly arn: string }
  | { readonly type: 'assumed-role'; readonly accountId: AccountId; readonly arn: string; readonly roleArn: string };

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly accountId: AccountId;
  readonly createdAt: Instant;
}

/** The account made at first start; LocalStack's users know the number. */
export const defaultAccountId = '000000000000' as AccountId;
/** Roadstead's own account. */
export const platformAccountId = '999999999999' as AccountId;
