import { type ContainerInstance, hostGone } from '#model';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { presentContainerInstance } from './container-instance/present.ts';
import { invalidParameter } from './errors.ts';
import { clusterArnFrom, containerInstanceArnFrom } from './references.ts';
import { ecs } from './service.ts';

const forcedReason = 'Container instance deregistration forced by user';

/**
 * DeregisterContainerInstance. An instance with tasks needs `force`: its tasks then count as stopped at once, services
 * start others elsewhere, and an agent that is connected is told to stop what it runs.
 */
export const DeregisterContainerInstance = operation(ecs, 'DeregisterContainerInstance', {
  writer: 'dispatch',
  authorize: (input, ctx) => ({
    action: 'ecs:DeregisterContainerInstance',
    resource: clusterArnFrom(ctx.scope, input.cluster),
  }),
  command: (input, ctx) => ({
    cluster: input.cluster,
    arn: containerInstanceArnFrom(ctx.scope, input.cluster, input.containerInstance),
    force: input.force ?? false,
    at: ctx.now,
  }),
  apply: (tx, { cluster, arn, force, at }, ctx): ContainerInstance => {
    const instance = tx.containerInstances.find(arn);
    if (instance === undefined) resolveCluster(tx, ctx.scope, cluster);
    if (instance === undefined || instance.status === 'INACTIVE') {
      throw invalidParameter('The referenced container instance was not found.');
    }
    const tasks = [...tx.tasks.by('host', arn)];
    if (tasks.length > 0 && !force) throw invalidParameter('Found running tasks on the instance.');
    for (const task of tasks) tx.tasks.put(hostGone(task, { stopCode: 'UserInitiated', reason: forcedReason, at }));
    const inactive: ContainerInstance = {
      ...instance,
      status: 'INACTIVE',
      inactiveAt: at,
      version: instance.version + 1,
    };
    tx.containerInstances.put(inactive);
    return inactive;
  },
  output: (instance, ctx) => ({
    containerInstance: presentContainerInstance(
      instance,
      ctx.totals.instances.of(instance.containerInstanceArn),
      new Set(['TAGS']),
    ),
  }),
});
