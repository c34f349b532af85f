import { afterMs, elapsedMs, type Instant } from '#base';

/**
 * When one agent is to hear fresh credentials, and which of those it was sent it has not acknowledged. It outlives a
 * connection, like the handover: agents renew theirs every half hour, which is more often than credentials are due.
 */
export class CredentialRefresh {
  readonly #everyMs: number;
  /** Unknown after a start of ours: then they are due at once, for nobody knows how old the agent's are. */
  #dueAt: Instant | undefined;
  readonly #unacked = new Set<string>();

  constructor(options: { readonly everyMs: number }) {
    this.#everyMs = options.everyMs;
  }

  /** ms until all credentials are to be sent; 0 when they are due. */
  waitMs(now: Instant): number {
    return this.#dueAt === undefined ? 0 : Math.max(0, elapsedMs(now, this.#dueAt));
  }

  /** All credentials go out now; what was open before is overtaken. */
  begin(now: Instant): void {
    this.#unacked.clear();
    this.#dueAt = afterMs(now, this.#everyMs);
  }

  sent(credentialsId: string): void {
    this.#unacked.add(credentialsId);
  }

  acked(credentialsId: string): void {
    this.#unacked.delete(credentialsId);
  }

  /** Whether these were sent and may have been lost with a connection. */
  isOpen(credentialsId: string): boolean {
    return this.#unacked.has(credentialsId);
  }
}
