import { operation } from '../operation.ts';
import { getGroup, groupNameOf, groupResource } from './group.ts';
import { logs } from './service.ts';
import { taggedWith, tagsFrom } from './tags.ts';

/** TagResource: adds tags to a group, replacing those with the same keys. */
export const TagResource = operation(logs, 'TagResource', {
  authorize: ({ resourceArn }, ctx) => ({
    action: 'logs:TagResource',
    resource: groupResource({ logGroupIdentifier: resourceArn }, ctx),
  }),
  command: ({ resourceArn, tags }, ctx) => ({ name: groupNameOf(resourceArn, ctx.scope), tags: tagsFrom(tags) }),
  apply: (tx, { name, tags }, ctx) => {
    const group = getGroup(tx, ctx.scope, name);
    tx.logGroups.put({ ...group, tags: taggedWith(group.tags, tags, ctx) });
  },
  output: () => ({}),
});
