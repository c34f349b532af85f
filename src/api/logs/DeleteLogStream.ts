import { streamNotFound } from './errors.ts';
import { getGroup, streamResource } from './group.ts';
import { eventOperation } from './service.ts';

/** DeleteLogStream: its events with it. */
export const DeleteLogStream = eventOperation('DeleteLogStream', {
  authorize: (input, ctx) => ({ action: 'logs:DeleteLogStream', resource: streamResource(input, ctx) }),
  command: ({ logGroupName, logStreamName }) => ({ logGroupName, logStreamName }),
  perform: async (store, { logGroupName, logStreamName }, ctx) => {
    const { id } = await store.read((view) => getGroup(view, ctx.scope, logGroupName));
    if (!(await ctx.logs.deleteStream(id, logStreamName))) throw streamNotFound();
  },
  output: () => ({}),
});
