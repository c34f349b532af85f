import { operation } from '../operation.ts';
import { servicediscovery } from './service.ts';
import { getTagged, putTags } from './tagged.ts';
import { taggedWith, tagsFrom } from './tags.ts';

/** TagResource: adds tags to a namespace or a service, replacing those with the same keys. */
export const TagResource = operation(servicediscovery, 'TagResource', {
  authorize: ({ ResourceARN }) => ({ action: 'servicediscovery:TagResource', resource: ResourceARN }),
  command: ({ ResourceARN, Tags }) => ({ arn: ResourceARN, tags: tagsFrom(Tags) }),
  apply: (tx, { arn, tags }, ctx) => {
    const tagged = getTagged(tx, ctx.scope, arn);
    putTags(tx, tagged, taggedWith(arn, tagged.record.tags, tags, ctx));
  },
  output: () => ({}),
});
