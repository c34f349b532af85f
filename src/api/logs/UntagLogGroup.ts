import { operation } from '../operation.ts';
import { getGroup, groupResource } from './group.ts';
import { logs } from './service.ts';
import { untagged } from './tags.ts';

/** UntagLogGroup: the older UntagResource; `tags` are keys. */
export const UntagLogGroup = operation(logs, 'UntagLogGroup', {
  authorize: (input, ctx) => ({ action: 'logs:UntagLogGroup', resource: groupResource(input, ctx) }),
  command: ({ logGroupName, tags }) => ({ name: logGroupName, keys: tags }),
  apply: (tx, { name, keys }, ctx) => {
    const group = getGroup(tx, ctx.scope, name);
    tx.logGroups.put({ ...group, tags: untagged(group.tags, keys) });
  },
  output: () => ({}),
});
