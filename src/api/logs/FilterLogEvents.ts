import { msFromInstant } from '#base';
import type { LogStore, Place } from '#logs';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { invalidParameter, streamNotFound } from './errors.ts';
import { eventId } from './event-id.ts';
import { parseFilterPattern } from './filter-pattern.ts';
import { expiryMs, getGroup, groupNameFrom, groupResource } from './group.ts';
import { limits } from './limits.ts';
import { eventOperation } from './service.ts';

const list = 'FilterLogEvents';

/** The beginning of 2024: before it there is no newest-first, says the documentation of `startFromHead`. */
const newestFirstSinceMs = 1_704_067_200_000;

/**
 * FilterLogEvents: events of a group, interleaved in the order of their time. A page may be empty and have a next one:
 * one call reads so much and no more. `searchedLogStreams` has been empty since 2020.
 */
export const FilterLogEvents = eventOperation('FilterLogEvents', {
  authorize: (input, ctx) => ({ action: 'logs:FilterLogEvents', resource: groupResource(input, ctx) }),
  command: (input, ctx) => {
    const { logStreamNames, logStreamNamePrefix, startTime = 0, endTime, startFromHead, nextToken } = input;
    if (logStreamNames !== undefined && logStreamNamePrefix !== undefined) {
      throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
    }
    if (startFromHead === false && startTime < newestFirstSinceMs) {
      throw invalidParameter('startFromHead may be false only when startTime is on or after Jan 1, 2024 00:00:00 UTC.');
    }
    const matches = parseFilterPattern(input.filterPattern ?? '');
    return {
      name: groupNameFrom(input, ctx.scope),
      streams: { names: logStreamNames, prefix: logStreamNamePrefix },
      startTime,
      query: {
        toMs: endTime ?? Number.MAX_SAFE_INTEGER,
        limit: input.limit ?? limits.eventPage,
        direction: startFromHead === false ? ('backward' as const) : ('forward' as const),
        ...(matches === undefined ? {} : { matches }),
        ...(nextToken === undefined ? {} : { place: decodePlace(nextToken) }),
      },
    };
  },
  perform: async (store, { name, streams, startTime, query }, ctx) => {
    const group = await store.read((view) => getGroup(view, ctx.scope, name));
    const numbers = await streamNumbers(ctx.logs, group.id, streams);
    const fromMs = Math.max(startTime, expiryMs(group, msFromInstant(ctx.now)));
    return await ctx.logs.search(group.id, {
      ...query,
      fromMs,
      ...(numbers === undefined ? {} : { streams: numbers }),
    });
  },
  output: ({ events, next }) => ({
    events: events.map(({ streamName, timestampMs, message, ingestedMs, sequence }) => ({
      logStreamName: streamName,
      timestamp: timestampMs,
      message,
      ingestionTime: ingestedMs,
      eventId: eventId({ timestampMs, sequence }),
    })),
    searchedLogStreams: [],
    ...(next === undefined ? {} : { nextToken: encodePlace(next) }),
  }),
});

/** The streams to search; absent when all are. */
async function streamNumbers(
  logs: LogStore,
  group: string,
  { names, prefix }: { readonly names: readonly string[] | undefined; readonly prefix: string | undefined },
): Promise<ReadonlySet<number> | undefined> {
  if (names === undefined && prefix === undefined) return undefined;
  if (names === undefined) {
    const found = await logs.streams(group, (stream) => stream.name.startsWith(prefix ?? ''));
    return new Set(found.map(({ number }) => number));
  }
  const found = await Promise.all(names.map((each) => logs.findStream(group, each)));
  return new Set(
    found.map((stream) => {
      if (stream === undefined) throw streamNotFound();
      return stream.number;
    }),
  );
}

function encodePlace({ timestampMs, sequence }: Place): string {
  return encodePageToken(list, `${timestampMs} ${sequence}`);
}

function decodePlace(token: string): Place {
  const [timestampMs = 0, sequence = 0] = decodePageToken(list, token).split(' ').map(Number);
  return { timestampMs, sequence };
}
