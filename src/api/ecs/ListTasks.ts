import { daemonArn, familyRevisionOf, type Task } from '#model';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { invalidParameter, serviceNotFound } from './errors.ts';
import { pageSizes } from './limits.ts';
import { nextTokenMember, pageRequest } from './paging.ts';
import { clusterArnFrom, containerInstanceArnFrom, serviceArnFrom } from './references.ts';
import { ecs } from './service.ts';

/** ListTasks: ARNs of tasks whose desired status is RUNNING (default) or STOPPED; PENDING gives nothing, as in ECS. */
export const ListTasks = operation(ecs, 'ListTasks', {
  authorize: (input, ctx) => ({ action: 'ecs:ListTasks', resource: clusterArnFrom(ctx.scope, input.cluster) }),
  command: (input, ctx) => {
    const others = [input.family, input.serviceName, input.containerInstance, input.launchType, input.daemonName];
    if (input.startedBy !== undefined && others.some((filter) => filter !== undefined)) {
      throw invalidParameter('startedBy cannot be combined with other filters.');
    }
    return {
      cluster: input.cluster,
      page: pageRequest('ListTasks', pageSizes.usual, input),
      desiredStatus: input.desiredStatus ?? 'RUNNING',
      family: input.family,
      startedBy: input.startedBy,
      launchType: input.launchType,
      daemonName: input.daemonName,
      serviceArn:
        input.serviceName === undefined ? undefined : serviceArnFrom(ctx.scope, input.cluster, input.serviceName),
      hostArn:
        input.containerInstance === undefined
          ? undefined
          : containerInstanceArnFrom(ctx.scope, input.cluster, input.containerInstance),
    };
  },
  read: (view, command, ctx) => {
    const cluster = resolveCluster(view, ctx.scope, command.cluster);
    const { serviceArn, hostArn } = command;
    if (serviceArn !== undefined && !view.services.has(serviceArn)) throw serviceNotFound();
    const ofDaemon =
      command.daemonName === undefined ? undefined : daemonArn(cluster, cluster.clusterName, command.daemonName);
    const filter = (task: Task): boolean =>
      task.desiredStatus === command.desiredStatus &&
      (command.family === undefined || familyRevisionOf(task.taskDefinitionArn).family === command.family) &&
      (command.startedBy === undefined || task.startedBy === command.startedBy) &&
      (command.launchType === undefined || task.launchType === command.launchType) &&
      (ofDaemon === undefined || task.daemonArn === ofDaemon) &&
      (hostArn === undefined || (task.hostArn === hostArn && task.launchType !== 'FARGATE'));
    if (ofDaemon !== undefined && serviceArn === undefined) {
      return view.tasks.page('daemon', ofDaemon, { ...command.page, filter });
    }
    return serviceArn === undefined
      ? view.tasks.page('cluster', cluster.clusterArn, { ...command.page, filter })
      : view.tasks.page('service', serviceArn, { ...command.page, filter });
  },
  output: ({ records, next }) => ({
    taskArns: records.map((task) => task.taskArn),
    ...nextTokenMember('ListTasks', next),
  }),
});
