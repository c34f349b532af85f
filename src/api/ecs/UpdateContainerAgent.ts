import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { updateRefusal } from './container-instance/agent-version.ts';
import { invalidParameter } from './errors.ts';
import { containerInstanceArnFrom } from './references.ts';
import { ecs } from './service.ts';

/**
 * UpdateContainerAgent: never updates, and never says that it does. An agent is updated by whoever starts it; the
 * exception says whether there is anything to do. No update runs, so UpdateInProgressException has no occasion.
 */
export const UpdateContainerAgent = operation(ecs, 'UpdateContainerAgent', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateContainerAgent',
    resource: containerInstanceArnFrom(ctx.scope, input.cluster, input.containerInstance),
  }),
  command: (input, ctx) => ({
    cluster: input.cluster,
    arn: containerInstanceArnFrom(ctx.scope, input.cluster, input.containerInstance),
  }),
  read: (view, { cluster, arn }, ctx) => {
    const { clusterArn } = resolveCluster(view, ctx.scope, cluster);
    const instance = view.containerInstances.find(arn);
    if (instance === undefined || instance.clusterArn !== clusterArn) {
      throw invalidParameter('The referenced container instance was not found.');
    }
    if (instance.status === 'INACTIVE') throw invalidParameter('The referenced container instance was inactive.');
    throw updateRefusal(instance, ctx.settings.version);
  },
  output: () => ({}),
});
