import { streamExists } from './errors.ts';
import { getGroup, groupResource } from './group.ts';
import { eventOperation } from './service.ts';

/** CreateLogStream. */
export const CreateLogStream = eventOperation('CreateLogStream', {
  authorize: (input, ctx) => ({ action: 'logs:CreateLogStream', resource: groupResource(input, ctx) }),
  command: ({ logGroupName, logStreamName }) => ({ logGroupName, logStreamName }),
  perform: async (store, { logGroupName, logStreamName }, ctx) => {
    const { id } = await store.read((view) => getGroup(view, ctx.scope, logGroupName));
    if (!(await ctx.logs.createStream(id, logStreamName))) throw streamExists();
  },
  output: () => ({}),
});
