import type { Instant } from '#base';
import type { Scope } from './arn.ts';

/** A remembered idempotency token: the same token with the same request gives the same result. */
export interface ClientToken extends Scope {
  /** Operation, cluster and token in one text. */
  readonly token: string;
  readonly requestDigest: string;
  readonly resourceArns: readonly string[];
  readonly expiresAt: Instant;
}
