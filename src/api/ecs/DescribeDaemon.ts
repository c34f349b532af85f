import { operation } from '../operation.ts';
import { presentDaemon } from './daemon/present.ts';
import { daemonFrom, findDaemon } from './daemon/references.ts';
import { ecs } from './service.ts';

/** DescribeDaemon: a daemon and how the instances of its capacity providers stand to its revisions. */
export const DescribeDaemon = operation(ecs, 'DescribeDaemon', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeDaemon',
    resource: daemonFrom(ctx.scope, input.daemonArn).daemonArn,
  }),
  command: (input, ctx) => daemonFrom(ctx.scope, input.daemonArn),
  read: (view, reference, ctx) => presentDaemon(view, findDaemon(view, ctx.scope, reference)),
  output: (daemon) => ({ daemon }),
});
