import type { Scope, Tag } from '#model';
import { scopeKey } from '#model';
import type { RoadsteadTx, RoadsteadView, TableView } from '#store';
import { ApiError } from '#wire/aws';

/** A record that tags can be put on. */
export interface Tagged extends Scope {
  readonly tags?: readonly Tag[];
}

/** The values that a filter compares; none when the record has nothing of the kind. */
export type FilterValues<R> = (record: R, view: RoadsteadView) => FilterValue | readonly FilterValue[];
type FilterValue = string | number | boolean | undefined;

/** One kind of resource: how its ids look, where its records are, what filters it has, and what is said of one that is not there. */
export interface Kind<R extends Tagged> {
  /** As tags name it, e.g. `security-group`. */
  readonly type: string;
  /** Of its ids, without the hyphen. */
  readonly prefix: string;
  table(view: RoadsteadView): TableView<R, 'scope'>;
  find(view: RoadsteadView, scope: Scope, id: string): R | undefined;
  idOf(record: R): string;
  put(tx: RoadsteadTx, record: R): void;
  notFound(id: string): ApiError;
  readonly malformed?: string;
  /** By AWS's names; those of tags are common to all. */
  readonly filters: Readonly<Record<string, FilterValues<R>>>;
}

/** The record with the id, of the caller's own. What `notFound` or `malformed` of the kind say otherwise. */
export function getResource<R extends Tagged>(kind: Kind<R>, view: RoadsteadView, scope: Scope, id: string): R {
  const found = kind.find(view, scope, id);
  if (found !== undefined) return found;
  if (kind.malformed !== undefined && !new RegExp(`^${kind.prefix}-[0-9a-f]{1,17}$`).test(id)) {
    throw new ApiError(kind.malformed, `Invalid id: "${id}" (expecting "${kind.prefix}-...")`);
  }
  throw kind.notFound(id);
}

/** The key of a record in most tables. */
export function keyOf(scope: Scope, id: string): string {
  return `${scopeKey(scope)}/${id}`;
}

/** A record of a table that is keyed by bare ids, when it is of the scope. */
export function ofScope<R extends Scope>(record: R | undefined, scope: Scope): R | undefined {
  return record !== undefined && scopeKey(record) === scopeKey(scope) ? record : undefined;
}

/** What most kinds say, in the words of EC2. */
export function notFoundAs(code: string, noun: string): (id: string) => ApiError {
  return (id) => new ApiError(code, `The ${noun} '${id}' does not exist`);
}
