import { operation } from '../operation.ts';
import { daemonFrom, daemonRefusal } from './daemon/references.ts';
import { ecs } from './service.ts';

/** DeleteDaemon: no daemon is there; the exception says whether its cluster is. */
export const DeleteDaemon = operation(ecs, 'DeleteDaemon', {
  authorize: (input, ctx) => ({
    action: 'ecs:DeleteDaemon',
    resource: daemonFrom(ctx.scope, input.daemonArn).daemonArn,
  }),
  command: (input, ctx) => daemonFrom(ctx.scope, input.daemonArn),
  read: (view, daemon, ctx) => {
    throw daemonRefusal(view, ctx.scope, daemon);
  },
  output: () => ({}),
});
