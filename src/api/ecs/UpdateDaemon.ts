import type { Daemon } from '#model';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { putDeployment, putRevision, supersedeDeployments } from './daemon/deploy.ts';
import { presentDaemonBrief } from './daemon/present.ts';
import { activeDaemon, daemonFrom } from './daemon/references.ts';
import { checkedDaemonSettings, resolvedSettings } from './daemon/rules.ts';
import { ecs } from './service.ts';

/** UpdateDaemon: new settings in place of all there were, rolled out by a new deployment; what is not said is as by default. */
export const UpdateDaemon = operation(ecs, 'UpdateDaemon', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateDaemon',
    resource: daemonFrom(ctx.scope, input.daemonArn).daemonArn,
  }),
  command: (input, ctx) => ({
    settings: checkedDaemonSettings(ctx.scope, input),
    reference: daemonFrom(ctx.scope, input.daemonArn),
  }),
  apply: (tx, { settings, reference }, ctx): Daemon => {
    const before = activeDaemon(tx, ctx.scope, reference);
    const cluster = resolveCluster(tx, ctx.scope, reference.clusterName);
    const definition = resolvedSettings(tx, cluster, settings);
    supersedeDeployments(tx, before, ctx);
    const { daemonArn, clusterArn, goal: source, troubles: _, ...same } = before;
    const goal = putRevision(tx, { daemonArn, cluster }, { settings, definition }, ctx);
    const configuration = settings.deployment;
    const deployment = putDeployment(tx, { daemonArn, clusterArn, target: goal, source, configuration }, ctx);
    const { daemonDeploymentArn } = deployment;
    const daemon: Daemon = { ...same, daemonArn, clusterArn, goal, daemonDeploymentArn, updatedAt: ctx.now };
    tx.daemons.put(daemon);
    return daemon;
  },
  output: (daemon) => ({ ...presentDaemonBrief(daemon), updatedAt: daemon.updatedAt }),
});
