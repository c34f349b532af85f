import type { Instant } from '#base';
import type { Scope } from './arn.ts';

/** A remembered idempotency token: the same token with the same request gives the same result. */
export interface ClientToken extends Scope {
  /** Operation, cluster and token in one text. */
  readonly token: string;
  readonly requestDigest: string;
  readonly resourceArns: readonly string[];
  /** What the request could not make, as it was answered. */
  readonly failures?: readonly { readonly arn?: string; readonly reason: string; readonly detail?: string }[];
  readonly expiresAt: Instant;
}
