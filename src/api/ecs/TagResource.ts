import { operation } from '../operation.ts';
import { ecs } from './service.ts';
import { putTags, requireTaggable, taggedResource, tagsOf } from './tags/resource.ts';
import { checkedTags, taggedWith } from './tags/rules.ts';

/** TagResource: adds tags, replacing those with the same key. */
export const TagResource = operation(ecs, 'TagResource', {
  authorize: (input) => ({ action: 'ecs:TagResource', resource: input.resourceArn }),
  command: (input, ctx) => ({
    resource: taggedResource(ctx.scope, input.resourceArn),
    tags: checkedTags(input.tags, ctx.settings.quotas),
  }),
  apply: (tx, { resource, tags }, ctx) => {
    requireTaggable(tx, resource);
    putTags(tx, resource, taggedWith(tagsOf(tx, resource), tags, ctx.settings.quotas));
  },
  output: () => ({}),
});
