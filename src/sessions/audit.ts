/** What an auditor is told of a session, once at its begin and once at its end. Neither command nor what was typed. */
export interface AuditEntry {
  /** RFC 3339. */
  readonly time: string;
  readonly event: 'SessionOpened' | 'SessionEnded';
  readonly sessionId: string;
  readonly taskArn: string;
  readonly containerName: string;
  readonly containerInstanceArn: string;
  /** Who opened it. */
  readonly principalArn: string;
  /** How it ended. */
  readonly why?: string;
}

/** Where audit entries are kept, as a port. Resolves when the entry would survive the end of the process. */
export interface AuditTrail {
  record(entry: AuditEntry): Promise<void>;
}
