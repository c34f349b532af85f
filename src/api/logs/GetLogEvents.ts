import { msFromInstant } from '#base';
import type { EventPage, Place } from '#logs';
import { streamNotFound } from './errors.ts';
import { parseReadToken, readToken } from './event-id.ts';
import { expiryMs, getGroup, groupNameFrom, streamResource } from './group.ts';
import { limits } from './limits.ts';
import { eventOperation } from './service.ts';

/**
 * GetLogEvents: a stream's events in the order of their time, the newest ones unless `startFromHead`. Both tokens are
 * always there; at the end a token gives itself back.
 */
export const GetLogEvents = eventOperation('GetLogEvents', {
  authorize: (input, ctx) => ({ action: 'logs:GetLogEvents', resource: streamResource(input, ctx) }),
  plainTokens: true,
  command: (input, ctx) => {
    const { logStreamName, startTime = 0, endTime = Number.MAX_SAFE_INTEGER, limit = limits.eventPage } = input;
    const given = input.nextToken === undefined ? undefined : parseReadToken(input.nextToken);
    const direction = given?.direction ?? (input.startFromHead === true ? 'forward' : 'backward');
    const place = given === undefined ? {} : { place: given.place };
    const name = groupNameFrom(input, ctx.scope);
    return { name, logStreamName, startTime, toMs: endTime - 1, limit, direction, ...place } as const;
  },
  perform: async (store, { name, logStreamName, startTime, ...query }, ctx) => {
    const group = await store.read((view) => getGroup(view, ctx.scope, name));
    const stream = await ctx.logs.findStream(group.id, logStreamName);
    if (stream === undefined) throw streamNotFound();
    const fromMs = Math.max(startTime, expiryMs(group, msFromInstant(ctx.now)));
    const page = await ctx.logs.search(group.id, { ...query, fromMs, streams: new Set([stream.number]) });
    const start = query.place ?? { timestampMs: query.direction === 'forward' ? fromMs : 0, sequence: 0 };
    return { page, direction: query.direction, start };
  },
  output: ({ page, direction, start }) => {
    const events = direction === 'forward' ? page.events : page.events.toReversed();
    const edges = edgesOf({ events, next: page.next }, direction, start);
    return {
      events: events.map(({ timestampMs, message, ingestedMs }) => ({
        timestamp: timestampMs,
        message,
        ingestionTime: ingestedMs,
      })),
      nextForwardToken: readToken('forward', edges.after),
      nextBackwardToken: readToken('backward', edges.before),
    };
  },
});

/** The places before and after a page; an empty page is where it was looked for. */
function edgesOf(
  { events, next }: { readonly events: EventPage['events']; readonly next: Place | undefined },
  direction: 'forward' | 'backward',
  start: Place,
): { readonly before: Place; readonly after: Place } {
  const [first] = events;
  const last = events.at(-1);
  const before = first ?? start;
  const after = last === undefined ? start : { timestampMs: last.timestampMs, sequence: last.sequence + 1 };
  // A search that read much and found little goes on where it ended.
  if (next === undefined || last !== undefined) return { before, after };
  return direction === 'forward' ? { before, after: next } : { before: next, after };
}
