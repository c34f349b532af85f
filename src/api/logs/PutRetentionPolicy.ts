import { operation } from '../operation.ts';
import { constraintViolation } from './errors.ts';
import { getGroup, groupResource } from './group.ts';
import { logs } from './service.ts';

/** The retentions there are, days. Source: PutRetentionPolicy. */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** PutRetentionPolicy: older events are not shown from now on, and their room is given back within a day or two. */
export const PutRetentionPolicy = operation(logs, 'PutRetentionPolicy', {
  authorize: (input, ctx) => ({ action: 'logs:PutRetentionPolicy', resource: groupResource(input, ctx) }),
  command: ({ logGroupName, retentionInDays }) => {
    if (!retentions.includes(retentionInDays)) {
      const values = `Member must satisfy enum value set: [${retentions.join(', ')}]`;
      throw constraintViolation(retentionInDays, 'retentionInDays', values);
    }
    return { logGroupName, retentionInDays };
  },
  apply: (tx, { logGroupName, retentionInDays }, ctx) => {
    tx.logGroups.put({ ...getGroup(tx, ctx.scope, logGroupName), retentionInDays });
  },
  output: () => ({}),
});
