import { operation } from '../operation.ts';
import { getGroup, groupNameOf, groupResource } from './group.ts';
import { logs } from './service.ts';
import { tagMap } from './tags.ts';

/** ListTagsForResource. */
export const ListTagsForResource = operation(logs, 'ListTagsForResource', {
  authorize: ({ resourceArn }, ctx) => ({
    action: 'logs:ListTagsForResource',
    resource: groupResource({ logGroupIdentifier: resourceArn }, ctx),
  }),
  command: ({ resourceArn }, ctx) => groupNameOf(resourceArn, ctx.scope),
  read: (view, name, ctx) => getGroup(view, ctx.scope, name),
  output: ({ tags }) => ({ tags: tagMap(tags) }),
});
