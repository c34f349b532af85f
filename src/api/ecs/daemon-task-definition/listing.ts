import { type DaemonTaskDefinition, type Scope, scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import { type ListPage, type ListPosition, pageOfRevisions } from '../task-definition/index.ts';
import { familyKey } from '../task-definition/resolve.ts';

export interface DaemonDefinitionListing {
  readonly status: 'ACTIVE' | 'DELETE_IN_PROGRESS' | 'ALL';
  readonly family?: string;
  readonly familyPrefix?: string;
  /** Only the newest revision of each family, among those of the status. */
  readonly lastOnly: boolean;
  readonly descending: boolean;
  readonly after?: ListPosition;
  readonly limit: number;
}

/** ListDaemonTaskDefinitions: by family, then revision. */
export function listDaemonDefinitions(
  view: RoadsteadView,
  scope: Scope,
  listing: DaemonDefinitionListing,
): ListPage<DaemonTaskDefinition> {
  const wantedOf = (family: string): readonly DaemonTaskDefinition[] => {
    const all = [...view.daemonTaskDefinitions.by('family', familyKey(scope, family))];
    const wanted = all.filter(({ status }) => listing.status === 'ALL' || status === listing.status);
    const newest = Math.max(...wanted.map(({ revision }) => revision));
    return listing.lastOnly ? wanted.filter(({ revision }) => revision === newest) : wanted;
  };
  return pageOfRevisions(familiesOf(view, scope, listing), wantedOf, listing);
}

function familiesOf(view: RoadsteadView, scope: Scope, listing: DaemonDefinitionListing): readonly string[] {
  const { family, familyPrefix = '' } = listing;
  const families =
    family === undefined
      ? Array.from(view.daemonTaskDefinitionFamilies.by('scope', scopeKey(scope)), (each) => each.family)
      : [family];
  return families.filter((name) => name.startsWith(familyPrefix));
}
