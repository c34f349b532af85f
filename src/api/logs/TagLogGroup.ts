import { operation } from '../operation.ts';
import { getGroup, groupResource } from './group.ts';
import { logs } from './service.ts';
import { taggedWith, tagsFrom } from './tags.ts';

/** TagLogGroup: the older TagResource. */
export const TagLogGroup = operation(logs, 'TagLogGroup', {
  authorize: (input, ctx) => ({ action: 'logs:TagLogGroup', resource: groupResource(input, ctx) }),
  command: ({ logGroupName, tags }) => ({ name: logGroupName, tags: tagsFrom(tags) }),
  apply: (tx, { name, tags }, ctx) => {
    const group = getGroup(tx, ctx.scope, name);
    tx.logGroups.put({ ...group, tags: taggedWith(group.tags, tags, ctx) });
  },
  output: () => ({}),
});
