import type { StreamFacts } from '#logs';
import { logStreamArn } from '#model';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { invalidParameter } from './errors.ts';
import { sequenceToken } from './event-id.ts';
import { getGroup, groupNameFrom, groupResource } from './group.ts';
import { limits } from './limits.ts';
import { eventOperation } from './service.ts';

const list = 'DescribeLogStreams';

/** Where a stream stands in a list: what it is ordered by, then its name. */
interface Key {
  readonly timeMs: number;
  readonly name: string;
}

/** DescribeLogStreams: by name or by their last event, streams without one first. */
export const DescribeLogStreams = eventOperation('DescribeLogStreams', {
  authorize: (input, ctx) => ({ action: 'logs:DescribeLogStreams', resource: groupResource(input, ctx) }),
  command: (input, ctx) => {
    const { logStreamNamePrefix, orderBy = 'LogStreamName', descending = false, nextToken } = input;
    if (orderBy === 'LastEventTime' && logStreamNamePrefix !== undefined) {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    }
    return {
      name: groupNameFrom(input, ctx.scope),
      prefix: logStreamNamePrefix ?? '',
      byTime: orderBy === 'LastEventTime',
      sign: descending ? -1 : 1,
      limit: input.limit ?? limits.describePage,
      after: nextToken === undefined ? undefined : decodeKey(nextToken),
    };
  },
  perform: async (store, { name, prefix, byTime, sign, limit, after }, ctx) => {
    const { id } = await store.read((view) => getGroup(view, ctx.scope, name));
    const keyOf = (stream: StreamFacts): Key => ({ timeMs: byTime ? (stream.lastEventMs ?? 0) : 0, name: stream.name });
    const found = await ctx.logs.streams(
      id,
      (stream) => stream.name.startsWith(prefix) && (after === undefined || compare(keyOf(stream), after) * sign > 0),
    );
    const page = firstOf(found, limit, (a, b) => compare(keyOf(a), keyOf(b)) * sign);
    const last = page.at(-1);
    const next = found.length > page.length && last !== undefined ? keyOf(last) : undefined;
    return { streams: page, next, name };
  },
  output: ({ streams, next, name }, ctx) => ({
    logStreams: streams.map((stream) => ({
      logStreamName: stream.name,
      creationTime: stream.createdMs,
      ...(stream.firstEventMs === undefined ? {} : { firstEventTimestamp: stream.firstEventMs }),
      ...(stream.lastEventMs === undefined ? {} : { lastEventTimestamp: stream.lastEventMs }),
      ...(stream.lastIngestedMs === undefined ? {} : { lastIngestionTime: stream.lastIngestedMs }),
      uploadSequenceToken: sequenceToken(stream.number),
      arn: logStreamArn(ctx.scope, name, stream.name),
      // AWS has not counted it since 2019.
      storedBytes: 0,
    })),
    ...(next === undefined ? {} : { nextToken: encodePageToken(list, `${next.timeMs} ${next.name}`) }),
  }),
});

/** The first so many in order, without putting all the others in order too. */
function firstOf<T>(items: readonly T[], limit: number, order: (a: T, b: T) => number): readonly T[] {
  const first: T[] = [];
  for (const item of items) {
    const last = first[limit - 1];
    if (last !== undefined && order(item, last) >= 0) continue;
    const at = first.findIndex((each) => order(item, each) < 0);
    first.splice(at < 0 ? first.length : at, 0, item);
    if (first.length > limit) first.pop();
  }
  return first;
}

function compare(a: Key, b: Key): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs;
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
}

function decodeKey(token: string): Key {
  const position = decodePageToken(list, token);
  const end = position.indexOf(' ');
  return { timeMs: Number(position.slice(0, end)), name: position.slice(end + 1) };
}
