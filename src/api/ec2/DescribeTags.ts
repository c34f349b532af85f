import { type Scope, scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import { filterTest } from './filters.ts';
import { pageOf } from './plain-list.ts';
import type { Tagged } from './resources/kind.ts';
import { kinds } from './resources/kinds.ts';
import { read } from './service.ts';

interface TagOfResource extends Tagged {
  readonly key: string;
  readonly value: string;
  readonly resourceId: string;
  readonly resourceType: string;
}

/** DescribeTags: of resources of every kind. */
export const DescribeTags = read('DescribeTags', (input, view, { scope }) => {
  const test = filterTest({ filters }, input.Filters);
  const all = tagsOf(view, scope).filter((tag) => test(tag, view));
  const { records, page } = pageOf('DescribeTags', all, input);
  return {
    Tags: records.map(({ key, value, resourceId, resourceType }) => ({
      Key: key,
      Value: value,
      ResourceId: resourceId,
      // The model lists types that it knows; all of ours are among them.
      ResourceType: resourceType as 'vpc',
    })),
    ...page,
  };
});

/** Source: DescribeTags. `tag:` and its kind are common to all filters. */
const filters = {
  key: (tag: TagOfResource) => tag.key,
  'resource-id': (tag: TagOfResource) => tag.resourceId,
  'resource-type': (tag: TagOfResource) => tag.resourceType,
  value: (tag: TagOfResource) => tag.value,
};

function tagsOf(view: RoadsteadView, scope: Scope): readonly TagOfResource[] {
  return kinds.flatMap((kind) =>
    [...kind.table(view).by('scope', scopeKey(scope))].flatMap((record) =>
      (record.tags ?? []).map((tag) => ({
        ...scope,
        ...tag,
        resourceId: kind.idOf(record),
        resourceType: kind.type,
        tags: [tag],
      })),
    ),
  );
}
