import { operation } from '../operation.ts';
import { servicediscovery } from './service.ts';
import { getTagged } from './tagged.ts';
import { presentTags } from './tags.ts';

/** ListTagsForResource of a namespace or a service. */
export const ListTagsForResource = operation(servicediscovery, 'ListTagsForResource', {
  authorize: ({ ResourceARN }) => ({ action: 'servicediscovery:ListTagsForResource', resource: ResourceARN }),
  command: ({ ResourceARN }) => ResourceARN,
  read: (view, arn, ctx) => getTagged(view, ctx.scope, arn).record.tags,
  output: (tags) => ({ Tags: presentTags(tags) }),
});
