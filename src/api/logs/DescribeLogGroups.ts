import { msFromInstant } from '#base';
import { type LogGroup, logGroupArn, logGroupKey, scopeKey } from '#model';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { invalidParameter } from './errors.ts';
import { groupNameOf } from './group.ts';
import { limits } from './limits.ts';
import { eventOperation } from './service.ts';

const list = 'DescribeLogGroups';

/** DescribeLogGroups: by name. Linked accounts there are none, so only the caller's own groups are found. */
export const DescribeLogGroups = eventOperation('DescribeLogGroups', {
  authorize: (_, ctx) => ({ action: 'logs:DescribeLogGroups', resource: `${logGroupArn(ctx.scope, '')}*` }),
  command: (input, ctx) => {
    const { logGroupNamePrefix, logGroupNamePattern, logGroupIdentifiers, logGroupClass, nextToken } = input;
    if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined) {
      throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
    }
    const after = nextToken === undefined ? undefined : decodePageToken(list, nextToken);
    const names = logGroupIdentifiers?.map((each) => groupNameOf(each, ctx.scope));
    return {
      limit: input.limit ?? limits.describePage,
      names,
      brief: logGroupNamePattern !== undefined,
      wanted: (group: LogGroup): boolean =>
        (after === undefined || group.logGroupName > after) &&
        (logGroupNamePrefix === undefined || group.logGroupName.startsWith(logGroupNamePrefix)) &&
        (logGroupNamePattern === undefined || group.logGroupName.includes(logGroupNamePattern)) &&
        (logGroupClass === undefined || group.logGroupClass === logGroupClass),
    };
  },
  perform: async (store, { limit, names, brief, wanted }, ctx) => {
    const found = await store.read((view) =>
      (names === undefined
        ? [...view.logGroups.by('scope', scopeKey(ctx.scope))]
        : names.flatMap((name) => view.logGroups.find(logGroupKey(ctx.scope, name)) ?? [])
      ).filter(wanted),
    );
    const page = found.sort((a, b) => (a.logGroupName < b.logGroupName ? -1 : 1)).slice(0, limit);
    const groups = await Promise.all(
      page.map(async (group) => (brief ? presentBrief(group) : present(group, await ctx.logs.storedBytes(group.id)))),
    );
    return { groups, next: found.length > page.length ? page.at(-1)?.logGroupName : undefined };
  },
  output: ({ groups, next }) => ({
    logGroups: groups,
    ...(next === undefined ? {} : { nextToken: encodePageToken(list, next) }),
  }),
});

/** All that a search by pattern shows. */
function presentBrief(group: LogGroup) {
  const arn = logGroupArn(group, group.logGroupName);
  const creationTime = msFromInstant(group.createdAt);
  return { logGroupName: group.logGroupName, creationTime, arn: `${arn}:*`, logGroupArn: arn };
}

function present(group: LogGroup, storedBytes: number) {
  return {
    ...presentBrief(group),
    ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
    metricFilterCount: 0,
    storedBytes,
    logGroupClass: group.logGroupClass,
    deletionProtectionEnabled: group.deletionProtectionEnabled === true,
  };
}
