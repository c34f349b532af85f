import { operation } from '../operation.ts';
import { ecs } from './service.ts';
import { putTags, taggedResource, tagsOf } from './tags/resource.ts';

/** UntagResource: takes tags away; keys that are not there are ignored. */
export const UntagResource = operation(ecs, 'UntagResource', {
  authorize: (input) => ({ action: 'ecs:UntagResource', resource: input.resourceArn }),
  command: (input, ctx) => ({ resource: taggedResource(ctx.scope, input.resourceArn), keys: new Set(input.tagKeys) }),
  apply: (tx, { resource, keys }) => {
    const tags = tagsOf(tx, resource);
    const kept = tags.filter((tag) => !keys.has(tag.key));
    if (kept.length < tags.length) putTags(tx, resource, kept);
  },
  output: () => ({}),
});
