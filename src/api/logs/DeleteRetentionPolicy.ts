import { operation } from '../operation.ts';
import { getGroup, groupResource } from './group.ts';
import { logs } from './service.ts';

/** DeleteRetentionPolicy: events are kept for ever. */
export const DeleteRetentionPolicy = operation(logs, 'DeleteRetentionPolicy', {
  authorize: (input, ctx) => ({ action: 'logs:DeleteRetentionPolicy', resource: groupResource(input, ctx) }),
  command: ({ logGroupName }) => logGroupName,
  apply: (tx, name, ctx) => {
    const { retentionInDays: _, ...group } = getGroup(tx, ctx.scope, name);
    tx.logGroups.put(group);
  },
  output: () => ({}),
});
