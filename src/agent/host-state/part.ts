import type { HostDocumentKind, HostDocuments, HostReport, HostStateFamily } from '#wire/link';
import type { Availability } from '../host/network.ts';
import type { Attribute } from '../link/control-plane.ts';

/** The documents of this host as they are now; they may be newer than the change that woke whoever reads them. */
export interface HostDocumentSet {
  find<K extends HostDocumentKind>(kind: K, id: string): HostDocuments[K] | undefined;
  /** By id. */
  all<K extends HostDocumentKind>(kind: K): ReadonlyMap<string, HostDocuments[K]>;
}

/** Ids by kind, of documents that are new, different or gone; `'all'`: look at everything. */
export type HostDocumentChanges = ReadonlyMap<HostDocumentKind, ReadonlySet<string>> | 'all';

/** What tells the control plane how things stand. */
export interface HostReporting {
  /** The newest of what is said of one thing counts; it is said again on every new connection. */
  report(report: HostReport): void;
  /** It is no longer true of anything, and not said again. */
  withdraw(report: HostReport): void;
}

/**
 * One of the things this host can do beside tasks, as a port. `main/` gives the agent those there are; what `probe` finds
 * possible is announced to the control plane as the family's capability.
 */
export interface HostPart {
  readonly family: HostStateFamily;
  /** Whose documents it wants to hear of. */
  readonly kinds: readonly HostDocumentKind[];
  probe(): Promise<Availability>;
  /** What else the control plane must know of this host; asked once it is known to be possible. */
  attributes?(): Promise<readonly Attribute[]>;
  /** Called once, before the first documents. */
  start(host: HostPartHost): HostPartRun;
}

export interface HostPartHost {
  readonly containerInstanceArn: string;
  readonly reporting: HostReporting;
}

export interface HostPartRun extends AsyncDisposable {
  /**
   * Makes the host as the documents say. Idempotent; one call at a time. What throws is tried again later, with all
   * that changed since it last succeeded. The first call of a run has `'all'`.
   */
  apply(documents: HostDocumentSet, changed: HostDocumentChanges): Promise<void>;
}
