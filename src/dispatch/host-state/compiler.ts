import { type ContainerInstanceArn, parseEcsArn, type Scope, scopeKey } from '#model';
import type { RecordOf, RoadsteadSchema, RoadsteadView, TableName } from '#store';
import type { HostDocumentKind, HostDocuments } from '#wire/link';

/** A change of one record, as a commit has it. */
export interface RecordChange<T extends TableName> {
  readonly key: string;
  readonly before: RecordOf<RoadsteadSchema[T]> | undefined;
  readonly after: RecordOf<RoadsteadSchema[T]> | undefined;
}

/**
 * Who is given a document: hosts that have one of its scopes. Every host has the scopes `everywhere`, its own
 * and its account's; it has another for as long as some document brings it there.
 */
export type HostScope = string & { readonly hostScope: unique symbol };

export const everywhere = 'everywhere' as HostScope;

export function scopeOfHost(arn: ContainerInstanceArn): HostScope {
  return `host:${arn}` as HostScope;
}

/** Hosts that have something of the VPC: an interface, or ports that its groups guard. */
export function scopeOfVpc(vpcId: string): HostScope {
  return `vpc:${vpcId}` as HostScope;
}

/** Hosts that are container instances of the account in that region; every host has one such scope. */
export function scopeOfAccount(scope: Scope): HostScope {
  return `account:${scopeKey(scope)}` as HostScope;
}

/** The scopes that a host has whatever the documents say. */
export function ownScopes(host: string): readonly HostScope[] {
  const parsed = parseEcsArn(host);
  const own = [everywhere, scopeOfHost(host as ContainerInstanceArn)];
  return parsed === undefined ? own : [...own, scopeOfAccount(parsed.scope)];
}

/** A document and where it goes. */
export interface Compiled<K extends HostDocumentKind> {
  readonly body: HostDocuments[K];
  readonly scopes: readonly HostScope[];
  /** Because of this document the host also gets everything of the scope. */
  readonly brings?: { readonly host: ContainerInstanceArn; readonly scope: HostScope };
}

/**
 * How the records become the documents of one kind. Pure; called with a consistent view. A document is compiled again
 * after each commit that `changedBy` says concerns it, and is sent when its text or its scopes differ.
 */
export interface HostStateCompiler<K extends HostDocumentKind = HostDocumentKind> {
  readonly kind: K;
  /** The ids of all documents of the kind. Ids for which `compile` gives nothing are no harm. */
  all(view: RoadsteadView): Iterable<string>;
  /** By table, the ids of the documents that a change may concern. `view` may be later than the change. */
  readonly changedBy: {
    readonly [T in TableName]?: (change: RecordChange<T>, view: RoadsteadView) => Iterable<string>;
  };
  /** `undefined`: there is no such document. */
  compile(view: RoadsteadView, id: string): Compiled<K> | undefined;
}
