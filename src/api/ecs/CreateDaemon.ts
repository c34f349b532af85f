import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { daemonArn } from './daemon/references.ts';
import { checkedDaemonName, checkedDaemonSettings, settingsRefusal } from './daemon/rules.ts';
import { limits } from './limits.ts';
import { clusterNameFrom } from './references.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';
import { checkedClientToken } from './task/idempotency.ts';

/** CreateDaemon: checks the whole request; there are no Managed Instances for a daemon to run on. */
export const CreateDaemon = operation(ecs, 'CreateDaemon', {
  authorize: (input, ctx) => ({
    action: 'ecs:CreateDaemon',
    resource: daemonArn(ctx.scope, clusterNameFrom(ctx.scope, input.clusterArn), input.daemonName),
  }),
  command: (input, ctx) => {
    checkedDaemonName(input.daemonName);
    checkedTags(input.tags);
    checkedClientToken(input.clientToken, limits.clientTokenLength.createDaemon);
    return { cluster: input.clusterArn, settings: checkedDaemonSettings(ctx.scope, input) };
  },
  read: (view, { cluster, settings }, ctx) => {
    resolveCluster(view, ctx.scope, cluster);
    throw settingsRefusal(view, ctx.scope, settings);
  },
  output: () => ({}),
});
