import { operation } from '../operation.ts';
import { getGroup, groupResource } from './group.ts';
import { logs } from './service.ts';
import { tagMap } from './tags.ts';

/** ListTagsLogGroup: the older ListTagsForResource. */
export const ListTagsLogGroup = operation(logs, 'ListTagsLogGroup', {
  authorize: (input, ctx) => ({ action: 'logs:ListTagsLogGroup', resource: groupResource(input, ctx) }),
  command: ({ logGroupName }) => logGroupName,
  read: (view, name, ctx) => getGroup(view, ctx.scope, name),
  output: ({ tags }) => ({ tags: tagMap(tags) }),
});
