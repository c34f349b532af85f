import { type Scope, scopeKey, type TaskDefinition, type TaskDefinitionStatus } from '#model';
import type { RoadsteadView } from '#store';
import { decodePageToken, encodePageToken } from '../../page-token.ts';
import { familyKey, latestActive } from './resolve.ts';

/**
 * The two lists of task definitions, by name. A page starts just after a name, so what is registered or deleted
 * between two pages moves nothing else to another page.
 */
export interface ListPosition {
  readonly family: string;
  readonly revision: number;
}

export interface ListPage<T> {
  readonly items: readonly T[];
  /** The last item shown; absent on the last page. */
  readonly last?: T;
}

export interface DefinitionListing {
  readonly status: TaskDefinitionStatus;
  /** One family only, by its exact name. */
  readonly family?: string;
  readonly descending: boolean;
  readonly after?: ListPosition;
  readonly limit: number;
}

/** ListTaskDefinitions: by family, then revision. */
export function listDefinitions(
  view: RoadsteadView,
  scope: Scope,
  listing: DefinitionListing,
): ListPage<TaskDefinition> {
  const families = listing.family === undefined ? familyNames(view, scope) : [listing.family];
  const wantedOf = (family: string): TaskDefinition[] =>
    [...view.taskDefinitions.by('family', familyKey(scope, family))].filter(({ status }) => status === listing.status);
  return pageOfRevisions(families, wantedOf, listing);
}

/** A page of revisions by family, then by number; `wantedOf` gives those of a family that belong to the list. */
export function pageOfRevisions<R extends ListPosition>(
  families: readonly string[],
  wantedOf: (family: string) => readonly R[],
  listing: { readonly descending: boolean; readonly after?: ListPosition; readonly limit: number },
): ListPage<R> {
  const { after, limit, descending } = listing;
  const sign = descending ? -1 : 1;
  const items: R[] = [];
  for (const family of [...families].sort((one, other) => sign * byCodeUnit(one, other))) {
    if (after !== undefined && sign * byCodeUnit(family, after.family) < 0) continue;
    for (const revision of [...wantedOf(family)].sort((one, other) => sign * (one.revision - other.revision))) {
      if (isShown(revision, after, sign)) continue;
      if (items.length === limit) return page(items);
      items.push(revision);
    }
  }
  return { items };
}

export interface FamilyListing {
  readonly status: 'ACTIVE' | 'INACTIVE' | 'ALL';
  readonly prefix: string;
  readonly after?: string;
  readonly limit: number;
}

/**
 * ListTaskDefinitionFamilies: a family is ACTIVE when it has an ACTIVE revision, INACTIVE when it has revisions and
 * none is; one without any revision left is not listed.
 */
export function listFamilies(view: RoadsteadView, scope: Scope, listing: FamilyListing): ListPage<string> {
  const items: string[] = [];
  for (const family of familyNames(view, scope)) {
    if (!family.startsWith(listing.prefix) || (listing.after !== undefined && family <= listing.after)) continue;
    if (!hasStatus(view, scope, family, listing.status)) continue;
    if (items.length === listing.limit) return page(items);
    items.push(family);
  }
  return { items };
}

function page<T>(items: readonly T[]): ListPage<T> {
  const last = items.at(-1);
  return last === undefined ? { items } : { items, last };
}

function familyNames(view: RoadsteadView, scope: Scope): string[] {
  return Array.from(view.taskDefinitionFamilies.by('scope', scopeKey(scope)), ({ family }) => family).sort(byCodeUnit);
}

function byCodeUnit(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** The page token of a list of revisions that goes on after this one. */
export function revisionToken(kind: string, last: ListPosition): string {
  return encodePageToken(kind, `${last.family}:${last.revision}`);
}

/** Where a token goes on; InvalidParameterException `Invalid token.` for one of another list. */
export function revisionPosition(kind: string, token: string): ListPosition {
  const position = decodePageToken(kind, token);
  const colon = position.lastIndexOf(':');
  return { family: position.slice(0, colon), revision: Number(position.slice(colon + 1)) };
}

/** On an earlier page already. */
function isShown(revision: ListPosition, after: ListPosition | undefined, sign: 1 | -1): boolean {
  return revision.family === after?.family && sign * (revision.revision - after.revision) <= 0;
}

function hasStatus(view: RoadsteadView, scope: Scope, family: string, status: FamilyListing['status']): boolean {
  if (view.taskDefinitions.count('family', familyKey(scope, family)) === 0) return false;
  return status === 'ALL' || (latestActive(view, scope, family) !== undefined) === (status === 'ACTIVE');
}
