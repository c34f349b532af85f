import { missingParameter } from './errors.ts';
import { requireResources } from './resources/kinds.ts';
import { change } from './service.ts';

/** DeleteTags: by key, or by key and value; without any, all of them. */
export const DeleteTags = change('DeleteTags', {
  command: ({ Resources, Tags = [] }) => {
    if (Resources.length === 0) throw missingParameter('resourceIdSet');
    return { resources: Resources, tags: Tags };
  },
  apply: (tx, { resources, tags }, { scope }) => {
    for (const { kind, record } of requireResources(tx, scope, resources)) {
      const left = (record.tags ?? []).filter(
        ({ key, value }) =>
          tags.length > 0 &&
          !tags.some((gone) => gone.Key === key && (gone.Value === undefined || gone.Value === value)),
      );
      kind.put(tx, { ...record, tags: left });
    }
  },
  output: () => ({}),
});
