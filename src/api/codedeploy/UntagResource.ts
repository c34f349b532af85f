import { operation } from '../operation.ts';
import { codedeploy } from './service.ts';
import { getTagged, putTags } from './tagged.ts';

/** UntagResource; keys that are not there are passed over. */
export const UntagResource = operation(codedeploy, 'UntagResource', {
  authorize: ({ ResourceArn }) => ({ action: 'codedeploy:UntagResource', resource: ResourceArn }),
  command: ({ ResourceArn, TagKeys }) => ({ arn: ResourceArn, gone: new Set(TagKeys) }),
  apply: (tx, { arn, gone }, ctx) => {
    const tagged = getTagged(tx, ctx.scope, arn);
    const tags = tagged.record.tags.filter(({ key }) => !gone.has(key));
    putTags(tx, tagged, tags);
  },
  output: () => ({}),
});
