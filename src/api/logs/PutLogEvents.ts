import { msFromInstant } from '#base';
import type { NewLogEvent } from '#logs';
import { invalidParameter, streamNotFound } from './errors.ts';
import { sequenceToken } from './event-id.ts';
import { expiryMs, getGroup, streamResource } from './group.ts';
import { limits } from './limits.ts';
import { eventOperation } from './service.ts';

interface InputEvent {
  readonly timestamp: number;
  readonly message: string;
}

/**
 * PutLogEvents: answered when the events are on disk. Sequence tokens are taken and not looked at. Events that are too
 * old or too new are left out and told of, as AWS does.
 */
export const PutLogEvents = eventOperation('PutLogEvents', {
  authorize: (input, ctx) => ({ action: 'logs:PutLogEvents', resource: streamResource(input, ctx) }),
  command: ({ logGroupName, logStreamName, logEvents }) => {
    checkBatch(logEvents);
    return { logGroupName, logStreamName, logEvents };
  },
  perform: async (store, { logGroupName, logStreamName, logEvents }, ctx) => {
    const group = await store.read((view) => getGroup(view, ctx.scope, logGroupName));
    const nowMs = msFromInstant(ctx.now);
    const bounds = acceptedRange(logEvents, { nowMs, expiryMs: expiryMs(group, nowMs) });
    const events = logEvents
      .slice(Math.max(bounds.tooOld, bounds.expired), bounds.tooNew)
      .map(({ timestamp, message }): NewLogEvent => ({ timestampMs: timestamp, message }));
    if (events.length === 0) {
      if ((await ctx.logs.findStream(group.id, logStreamName)) === undefined) throw streamNotFound();
      return { bounds, count: logEvents.length, nextSequence: 0 };
    }
    const outcome = await ctx.logs.append(group.id, logStreamName, events);
    if (!outcome.ok) throw streamNotFound();
    return { bounds, count: logEvents.length, nextSequence: outcome.nextSequence };
  },
  output: ({ bounds, count, nextSequence }) => {
    const rejected = {
      ...(bounds.tooNew < count ? { tooNewLogEventStartIndex: bounds.tooNew } : {}),
      ...(bounds.tooOld > 0 ? { tooOldLogEventEndIndex: bounds.tooOld } : {}),
      ...(bounds.expired > bounds.tooOld ? { expiredLogEventEndIndex: bounds.expired } : {}),
    };
    return {
      nextSequenceToken: sequenceToken(nextSequence),
      ...(Object.keys(rejected).length === 0 ? {} : { rejectedLogEventsInfo: rejected }),
    };
  },
});

/** What a batch must be whatever the group is. */
export function checkBatch(events: readonly InputEvent[]): void {
  let bytes = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const { timestamp, message } of events) {
    if (timestamp < last) {
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    }
    last = timestamp;
    bytes += Buffer.byteLength(message) + limits.eventOverheadBytes;
  }
  if (bytes > limits.batchBytes) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${limits.batchBytes}`);
  }
  if (last - (events[0]?.timestamp ?? last) > limits.batchSpanMs) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
}

/** Where in a batch the events that are taken begin and end; `tooOld` and `expired` are exclusive ends. */
function acceptedRange(
  events: readonly InputEvent[],
  { nowMs, expiryMs }: { readonly nowMs: number; readonly expiryMs: number },
): { readonly tooOld: number; readonly expired: number; readonly tooNew: number } {
  const firstFrom = (ms: number): number => {
    const index = events.findIndex(({ timestamp }) => timestamp >= ms);
    return index < 0 ? events.length : index;
  };
  return {
    tooOld: firstFrom(nowMs - limits.tooOldMs),
    expired: firstFrom(expiryMs),
    tooNew: firstFrom(nowMs + limits.tooNewMs + 1),
  };
}
