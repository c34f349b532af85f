import { logGroupKey } from '#model';
import { ApiError } from '#wire/aws';
import { getGroup, groupResource } from './group.ts';
import { eventOperation } from './service.ts';

/** DeleteLogGroup: the record first; files that a crash leaves behind are of no group and go at the next start. */
export const DeleteLogGroup = eventOperation('DeleteLogGroup', {
  authorize: (input, ctx) => ({ action: 'logs:DeleteLogGroup', resource: groupResource(input, ctx) }),
  command: ({ logGroupName }) => logGroupName,
  perform: async (store, name, ctx) => {
    const { id } = await store.update('api', (tx) => {
      const group = getGroup(tx, ctx.scope, name);
      if (group.deletionProtectionEnabled === true) {
        throw new ApiError(
          'ValidationException',
          `The log group ${name} has deletion protection enabled. Disable it with PutLogGroupDeletionProtection first.`,
        );
      }
      tx.logGroups.delete(logGroupKey(group, name));
      return group;
    });
    await ctx.logs.drop(id);
  },
  output: () => ({}),
});
