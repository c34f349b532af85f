import { eventBridgeEvent, withAttributes } from '#events';
import { type EcsEvent, scopeKey } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { roadstead } from './service.ts';

const list = 'ListEvents';
const most = 100;

/**
 * ListEvents: the ECS events that are kept, oldest first, in EventBridge's shape; `detail` is JSON. `nextToken` is always
 * there: with it the next call goes on where this one ended, also when more has happened since.
 */
export const ListEvents = operation(roadstead, 'ListEvents', {
  authorize: () => ({ action: 'roadstead:ListEvents', resource: '*' }),
  command: ({ maxResults, nextToken }) => {
    const limit = maxResults ?? most;
    if (!Number.isInteger(limit) || limit < 1 || limit > most) {
      throw new ApiError('InvalidParameterException', `maxResults should be between 1 and ${most}`);
    }
    return { limit, after: nextToken === undefined ? 0 : Number(decodePageToken(list, nextToken)) };
  },
  read: (view, { limit, after }, ctx) => {
    const { records, last } = view.events.page('scope', scopeKey(ctx.scope), { limit, after });
    const events = records.map((event) => withAttributes(event, (arn) => view.containerInstances.find(arn)));
    return { events, position: last ?? after };
  },
  output: ({ events, position }) => ({
    events: events.map(presentEvent),
    nextToken: encodePageToken(list, String(position)),
  }),
});

function presentEvent(event: EcsEvent) {
  const { id, source, account, time, region, resources, detail, ...rest } = eventBridgeEvent(event);
  return {
    id,
    detailType: rest['detail-type'],
    source,
    account,
    time,
    region,
    resources,
    detail: JSON.stringify(detail),
  };
}
