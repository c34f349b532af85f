import { operation } from '../operation.ts';
import { ecs } from './service.ts';
import { taggedResource, tagsOf } from './tags/resource.ts';

export const ListTagsForResource = operation(ecs, 'ListTagsForResource', {
  authorize: (input) => ({ action: 'ecs:ListTagsForResource', resource: input.resourceArn }),
  command: (input, ctx) => taggedResource(ctx.scope, input.resourceArn),
  read: (view, resource) => tagsOf(view, resource),
  output: (tags) => ({ tags: [...tags] }),
});
