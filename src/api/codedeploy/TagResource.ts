import { operation } from '../operation.ts';
import { codedeploy } from './service.ts';
import { getTagged, putTags } from './tagged.ts';
import { taggedWith, tagsFrom } from './tags.ts';

/** TagResource: adds tags to an application or a deployment group, replacing those with the same keys. */
export const TagResource = operation(codedeploy, 'TagResource', {
  authorize: ({ ResourceArn }) => ({ action: 'codedeploy:TagResource', resource: ResourceArn }),
  command: ({ ResourceArn, Tags }) => ({ arn: ResourceArn, tags: tagsFrom(Tags) }),
  apply: (tx, { arn, tags }, ctx) => {
    const tagged = getTagged(tx, ctx.scope, arn);
    putTags(tx, tagged, taggedWith(tagged.record.tags, tags, ctx));
  },
  output: () => ({}),
});
