import { operation } from '../operation.ts';
import { getGroup, groupNameOf, groupResource } from './group.ts';
import { logs } from './service.ts';
import { untagged } from './tags.ts';

/** UntagResource: keys that the group has not are passed over. */
export const UntagResource = operation(logs, 'UntagResource', {
  authorize: ({ resourceArn }, ctx) => ({
    action: 'logs:UntagResource',
    resource: groupResource({ logGroupIdentifier: resourceArn }, ctx),
  }),
  command: ({ resourceArn, tagKeys }, ctx) => ({ name: groupNameOf(resourceArn, ctx.scope), keys: tagKeys }),
  apply: (tx, { name, keys }, ctx) => {
    const group = getGroup(tx, ctx.scope, name);
    tx.logGroups.put({ ...group, tags: untagged(group.tags, keys) });
  },
  output: () => ({}),
});
