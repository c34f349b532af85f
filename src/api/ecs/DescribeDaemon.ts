import { operation } from '../operation.ts';
import { daemonFrom, daemonRefusal } from './daemon/references.ts';
import { ecs } from './service.ts';

/** DescribeDaemon: no daemon is there; the exception says whether its cluster is. */
export const DescribeDaemon = operation(ecs, 'DescribeDaemon', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeDaemon',
    resource: daemonFrom(ctx.scope, input.daemonArn).daemonArn,
  }),
  command: (input, ctx) => daemonFrom(ctx.scope, input.daemonArn),
  read: (view, daemon, ctx) => {
    throw daemonRefusal(view, ctx.scope, daemon);
  },
  output: () => ({}),
});
