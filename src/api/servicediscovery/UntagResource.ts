import { operation } from '../operation.ts';
import { servicediscovery } from './service.ts';
import { getTagged, putTags } from './tagged.ts';

/** UntagResource; keys that are not there are passed over. */
export const UntagResource = operation(servicediscovery, 'UntagResource', {
  authorize: ({ ResourceARN }) => ({ action: 'servicediscovery:UntagResource', resource: ResourceARN }),
  command: ({ ResourceARN, TagKeys }) => ({ arn: ResourceARN, gone: new Set(TagKeys) }),
  apply: (tx, { arn, gone }, ctx) => {
    const tagged = getTagged(tx, ctx.scope, arn);
    putTags(
      tx,
      tagged,
      tagged.record.tags.filter(({ key }) => !gone.has(key)),
    );
  },
  output: () => ({}),
});
