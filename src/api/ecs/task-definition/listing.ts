import { type Scope, scopeKey, type TaskDefinition, type TaskDefinitionStatus } from '#model';
import type { RoadsteadView } from '#store';
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
  const { after, limit, descending } = listing;
  const families = listing.family === undefined ? familyNames(view, scope) : [listing.family];
  if (descending) families.reverse();
  const items: TaskDefinition[] = [];
  for (const family of families) {
    if (after !== undefined && family !== after.family && isBefore(family, after.family, descending)) continue;
    for (const definition of revisionsOf(view, scope, family, descending)) {
      if (definition.status !== listing.status || isShown(definition, after, descending)) continue;
      if (items.length === limit) return page(items);
      items.push(definition);
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

function revisionsOf(view: RoadsteadView, scope: Scope, family: string, descending: boolean): TaskDefinition[] {
  const sign = descending ? -1 : 1;
  return [...view.taskDefinitions.by('family', familyKey(scope, family))].sort(
    (one, other) => sign * (one.revision - other.revision),
  );
}

function isBefore(family: string, other: string, descending: boolean): boolean {
  return descending ? family > other : family < other;
}

/** On an earlier page already. */
function isShown(definition: TaskDefinition, after: ListPosition | undefined, descending: boolean): boolean {
  if (after === undefined || definition.family !== after.family) return false;
  return descending ? definition.revision >= after.revision : definition.revision <= after.revision;
}

function hasStatus(view: RoadsteadView, scope: Scope, family: string, status: FamilyListing['status']): boolean {
  if (view.taskDefinitions.count('family', familyKey(scope, family)) === 0) return false;
  return status === 'ALL' || (latestActive(view, scope, family) !== undefined) === (status === 'ACTIVE');
}
