import { type Daemon, daemonArn } from '#model';
import type { RoadsteadView } from '#store';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { putDeployment, putRevision } from './daemon/deploy.ts';
import { presentDaemonBrief } from './daemon/present.ts';
import { checkedDaemonName, checkedDaemonSettings, resolvedSettings } from './daemon/rules.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './limits.ts';
import { clusterNameFrom } from './references.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';
import { checkedClientToken, requestDigest } from './task/idempotency.ts';

/**
 * CreateDaemon: stores the daemon with its first revision and deployment; the daemon loop starts a task on each instance
 * of its capacity providers. The same call with the same token is answered as it was.
 */
export const CreateDaemon = operation(ecs, 'CreateDaemon', {
  authorize: (input, ctx) => ({
    action: 'ecs:CreateDaemon',
    resource: daemonArn(ctx.scope, clusterNameFrom(ctx.scope, input.clusterArn), input.daemonName),
  }),
  command: (input, ctx) => {
    const token = checkedClientToken(input.clientToken, limits.clientTokenLength.createDaemon);
    return {
      daemonName: checkedDaemonName(input.daemonName),
      cluster: input.clusterArn,
      settings: checkedDaemonSettings(ctx.scope, input),
      tags: checkedTags(input.tags, ctx.settings.quotas),
      created: token === undefined ? undefined : { clientToken: token, requestDigest: requestDigest({ ...input }) },
    };
  },
  apply: (tx, { daemonName, cluster: reference, settings, tags, created }, ctx): Daemon => {
    const cluster = resolveCluster(tx, ctx.scope, reference);
    const arn = daemonArn(ctx.scope, cluster.clusterName, daemonName);
    const earlier = earlierDaemon(tx, arn, created);
    if (earlier !== undefined) return earlier;
    const definition = resolvedSettings(tx, cluster, settings);
    const goal = putRevision(tx, { daemonArn: arn, cluster }, { settings, definition }, ctx);
    const { clusterArn } = cluster;
    const configuration = settings.deployment;
    const deployment = putDeployment(tx, { daemonArn: arn, clusterArn, target: goal, configuration }, ctx);
    const daemon: Daemon = {
      ...ctx.scope,
      daemonArn: arn,
      daemonName,
      clusterArn,
      status: 'ACTIVE',
      goal,
      daemonDeploymentArn: deployment.daemonDeploymentArn,
      ...(created === undefined ? {} : { created }),
      tags,
      createdAt: ctx.now,
      updatedAt: ctx.now,
    };
    tx.daemons.put(daemon);
    return daemon;
  },
  output: presentDaemonBrief,
});

/** The daemon that the very same call made before; InvalidParameterException when one of the name is of another call. */
function earlierDaemon(view: RoadsteadView, arn: string, created: Daemon['created']): Daemon | undefined {
  const daemon = view.daemons.find(arn);
  if (daemon === undefined) return undefined;
  const { clientToken, requestDigest: digest } = daemon.created ?? {};
  const isSame = created !== undefined && created.clientToken === clientToken && created.requestDigest === digest;
  if (isSame && daemon.status === 'ACTIVE') return daemon;
  throw invalidParameter('Creation of daemon was not idempotent.');
}
