/**
 * What an auditor is told of a session: once at its begin, each time that a caller who lost it gets a token to go on, and
 * once at its end. Neither command nor what was typed.
 */
export interface AuditEntry {
  /** RFC 3339. */
  readonly time: string;
  readonly event: 'SessionOpened' | 'SessionResumed' | 'SessionEnded';
  readonly sessionId: string;
  readonly taskArn: string;
  readonly containerName: string;
  readonly containerInstanceArn: string;
  /** Who opened it; of `SessionResumed`, who goes on. */
  readonly principalArn: string;
  /** How it ended. */
  readonly why?: string;
}

/** Where audit entries are kept, as a port. Resolves when the entry would survive the end of the process. */
export interface AuditTrail {
  record(entry: AuditEntry): Promise<void>;
}
