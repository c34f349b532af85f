import { operation } from '../operation.ts';
import { getGroup, groupNameFrom, groupResource } from './group.ts';
import { logs } from './service.ts';

/** PutLogGroupDeletionProtection: while it is on, DeleteLogGroup is refused. */
export const PutLogGroupDeletionProtection = operation(logs, 'PutLogGroupDeletionProtection', {
  authorize: (input, ctx) => ({ action: 'logs:PutLogGroupDeletionProtection', resource: groupResource(input, ctx) }),
  command: (input, ctx) => ({ name: groupNameFrom(input, ctx.scope), on: input.deletionProtectionEnabled }),
  apply: (tx, { name, on }, ctx) => {
    const { deletionProtectionEnabled: _, ...group } = getGroup(tx, ctx.scope, name);
    tx.logGroups.put(on ? { ...group, deletionProtectionEnabled: true } : group);
  },
  output: () => ({}),
});
