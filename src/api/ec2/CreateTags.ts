import { missingParameter } from './errors.ts';
import { requireResources } from './resources/kinds.ts';
import { change } from './service.ts';
import { taggedWith, tagsFrom } from './tags.ts';

/** CreateTags: on resources of any kind there is. */
export const CreateTags = change('CreateTags', {
  command: ({ Resources, Tags }) => {
    if (Resources.length === 0) throw missingParameter('resourceIdSet');
    if (Tags.length === 0) throw missingParameter('tagSet');
    return { resources: Resources, tags: tagsFrom(Tags) };
  },
  apply: (tx, { resources, tags }, { scope }) => {
    for (const { kind, record } of requireResources(tx, scope, resources)) {
      kind.put(tx, { ...record, tags: taggedWith(record.tags, tags) });
    }
  },
  output: () => ({}),
});
