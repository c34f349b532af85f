import { logGroupKey } from '#model';
import { operation } from '../operation.ts';
import { groupExists, invalidParameter } from './errors.ts';
import { groupResource } from './group.ts';
import { logs } from './service.ts';
import { taggedWith, tagsFrom } from './tags.ts';

/** CreateLogGroup. Encryption with KMS keys and the class DELIVERY, which keeps nothing readable, are refused. */
export const CreateLogGroup = operation(logs, 'CreateLogGroup', {
  authorize: (input, ctx) => ({ action: 'logs:CreateLogGroup', resource: groupResource(input, ctx) }),
  command: ({ logGroupName, kmsKeyId, logGroupClass = 'STANDARD', deletionProtectionEnabled, tags }, ctx) => {
    if (/^aws\//i.test(logGroupName)) throw invalidParameter('Log groups starting with AWS/ are reserved for AWS.');
    if (kmsKeyId !== undefined) {
      throw invalidParameter(
        `kmsKeyId ${kmsKeyId} cannot be used: this version of Roadstead does not encrypt log data.`,
      );
    }
    if (logGroupClass === 'DELIVERY') {
      throw invalidParameter('The log group class DELIVERY is not part of this version of Roadstead.');
    }
    return {
      ...ctx.scope,
      logGroupName,
      id: ctx.ids.hex(32),
      logGroupClass,
      ...(deletionProtectionEnabled === true ? { deletionProtectionEnabled } : {}),
      tags: taggedWith([], tagsFrom(tags), ctx),
      createdAt: ctx.now,
    };
  },
  apply: (tx, group) => {
    if (tx.logGroups.has(logGroupKey(group, group.logGroupName))) throw groupExists();
    tx.logGroups.put(group);
  },
  output: () => ({}),
});
