import { operation } from '../operation.ts';
import { codedeploy } from './service.ts';
import { getTagged } from './tagged.ts';
import { presentTags } from './tags.ts';

/** ListTagsForResource of an application or a deployment group. */
export const ListTagsForResource = operation(codedeploy, 'ListTagsForResource', {
  authorize: ({ ResourceArn }) => ({ action: 'codedeploy:ListTagsForResource', resource: ResourceArn }),
  command: ({ ResourceArn }) => ResourceArn,
  read: (view, arn, ctx) => getTagged(view, ctx.scope, arn).record.tags,
  output: (tags) => ({ Tags: presentTags(tags) }),
});
