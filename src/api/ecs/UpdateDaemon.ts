import { operation } from '../operation.ts';
import { daemonFrom, daemonRefusal } from './daemon/references.ts';
import { checkedDaemonSettings } from './daemon/rules.ts';
import { ecs } from './service.ts';

/** UpdateDaemon: checks the whole request; no daemon is there to be updated. */
export const UpdateDaemon = operation(ecs, 'UpdateDaemon', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateDaemon',
    resource: daemonFrom(ctx.scope, input.daemonArn).daemonArn,
  }),
  command: (input, ctx) => {
    checkedDaemonSettings(ctx.scope, input);
    return daemonFrom(ctx.scope, input.daemonArn);
  },
  read: (view, daemon, ctx) => {
    throw daemonRefusal(view, ctx.scope, daemon);
  },
  output: () => ({}),
});
