import type { Instant } from '#base';
import type { Principal } from '#model';

/** A key that signs requests, and whom it speaks for. */
export interface Identity {
  readonly secretAccessKey: string;
  readonly principal: Principal;
  /** Of a temporary key: when its session ends. */
  readonly expiresAt?: Instant;
}

/** Finds the identity behind an access key id (and the session token that came with it); `undefined` when unknown. */
export type FindIdentity = (accessKeyId: string, sessionToken: string | undefined) => Identity | undefined;
