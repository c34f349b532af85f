import type { Daemon } from '#model';
import { operation } from '../operation.ts';
import { putDeployment, supersedeDeployments } from './daemon/deploy.ts';
import { presentDaemonBrief } from './daemon/present.ts';
import { activeDaemon, daemonFrom } from './daemon/references.ts';
import { ecs } from './service.ts';

/** DeleteDaemon: begins a deployment that stops the daemon's tasks, batch by batch; then the daemon is gone. */
export const DeleteDaemon = operation(ecs, 'DeleteDaemon', {
  authorize: (input, ctx) => ({
    action: 'ecs:DeleteDaemon',
    resource: daemonFrom(ctx.scope, input.daemonArn).daemonArn,
  }),
  command: (input, ctx) => daemonFrom(ctx.scope, input.daemonArn),
  apply: (tx, reference, ctx): Daemon => {
    const before = activeDaemon(tx, ctx.scope, reference);
    const { configuration } = tx.daemonDeployments.get(before.daemonDeploymentArn);
    supersedeDeployments(tx, before, ctx);
    const { daemonArn, clusterArn, goal: source } = before;
    const { daemonDeploymentArn } = putDeployment(tx, { daemonArn, clusterArn, source, configuration }, ctx);
    const daemon: Daemon = { ...before, status: 'DELETE_IN_PROGRESS', daemonDeploymentArn, updatedAt: ctx.now };
    tx.daemons.put(daemon);
    return daemon;
  },
  output: (daemon) => ({ ...presentDaemonBrief(daemon), updatedAt: daemon.updatedAt }),
});
