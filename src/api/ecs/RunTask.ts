import type { Task } from '#model';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './limits.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';
import { askedCompute, computeFor } from './task/compute.ts';
import {
  checkedClientToken,
  type Launched,
  rememberedLaunch,
  rememberLaunch,
  requestDigest,
} from './task/idempotency.ts';
import {
  checkedGroup,
  checkedPropagation,
  checkedStartedBy,
  checkReferenceId,
  placementRequest,
  requireExecRole,
  taskTags,
} from './task/launch.ts';
import { checkedPlatformVersion, requireCompatible, resolvedPlatformVersion } from './task/launch-type.ts';
import { launchTasks } from './task/launching.ts';
import { checkedNetwork, checkedNetworkConfiguration } from './task/network.ts';
import { checkedOverrides, requireOverridesFit } from './task/overrides.ts';
import { checkedConstraints, checkedStrategies, refuseFargatePlacement } from './task/placement-rules.ts';
import { presentTask } from './task/present.ts';
import { sampleTask } from './task/sample.ts';
import { checkVolumeConfigurations } from './task/volumes.ts';
import { resolveTaskDefinition, taskDefinitionResource } from './task-definition/index.ts';

/**
 * RunTask: places up to ten equal tasks at once. What found no room is told in `failures`, with status 200; an empty
 * EC2 cluster is an exception.
 */
export const RunTask = operation(ecs, 'RunTask', {
  authorize: (input, ctx) => ({
    action: 'ecs:RunTask',
    resource: taskDefinitionResource(ctx.scope, input.taskDefinition),
  }),
  command: (input, ctx) => {
    const { quotas } = ctx.settings;
    const compute = askedCompute(ctx.scope, input);
    const constraints = checkedConstraints(input.placementConstraints);
    const strategies = checkedStrategies(input.placementStrategy);
    checkReferenceId(input.referenceId);
    const token = checkedClientToken(input.clientToken, limits.clientTokenLength.runTask);
    return {
      cluster: input.cluster,
      taskDefinition: input.taskDefinition,
      count: checkedCount(input.count, quotas.tasksPerRunTask),
      compute,
      constraints,
      strategies,
      platformVersion: input.platformVersion,
      networkConfiguration: checkedNetworkConfiguration(input.networkConfiguration, quotas),
      overrides: checkedOverrides(input.overrides),
      group: checkedGroup(input.group),
      startedBy: checkedStartedBy(input.startedBy, limits.startedByLength.runTask),
      tags: checkedTags(input.tags, quotas),
      propagateTags: checkedPropagation(input.propagateTags),
      enableECSManagedTags: input.enableECSManagedTags ?? false,
      enableExecuteCommand: input.enableExecuteCommand ?? false,
      volumeConfigurations: input.volumeConfigurations,
      once: token === undefined ? undefined : { token, digest: requestDigest({ ...input }) },
    };
  },
  apply: (tx, command, ctx): Launched => {
    const cluster = resolveCluster(tx, ctx.scope, command.cluster);
    if (command.once !== undefined) {
      const launched = rememberedLaunch(tx, cluster.clusterArn, command.once, ctx);
      if (launched !== undefined) return launched;
    }
    const compute = computeFor(cluster, command.compute);
    const { launchType } = compute;
    refuseFargatePlacement(launchType, command.constraints, command.strategies);
    const platformVersion = resolvedPlatformVersion(checkedPlatformVersion(launchType, command.platformVersion));
    const definition = resolveTaskDefinition(tx, ctx.scope, command.taskDefinition);
    requireCompatible(definition, launchType);
    requireOverridesFit(command.overrides, definition, launchType, ctx.settings.quotas);
    const volumeConfigurations = checkVolumeConfigurations(command.volumeConfigurations, definition, {
      fargate: launchType === 'FARGATE',
    });
    requireExecRole(command.enableExecuteCommand, command.overrides.taskRoleArn ?? definition.taskRoleArn);
    const network = checkedNetwork(tx, ctx.scope, ctx.ids, {
      definition,
      launchType,
      configuration: command.networkConfiguration,
    });
    const hosts = ctx.hosts.pool(cluster.clusterArn, launchType);
    if (hosts.size === 0 && launchType !== 'FARGATE' && compute.strategy === undefined) {
      throw invalidParameter('No Container Instances were found in your cluster.');
    }
    const spec = {
      scope: ctx.scope,
      clusterArn: cluster.clusterArn,
      launchType,
      group: command.group ?? `family:${definition.family}`,
      overrides: command.overrides,
      placementConstraints: command.constraints,
      enableExecuteCommand: command.enableExecuteCommand,
      tags: taskTags(command, definition, cluster),
      ...(command.startedBy === undefined ? {} : { startedBy: command.startedBy }),
      ...(command.networkConfiguration === undefined ? {} : { networkConfiguration: command.networkConfiguration }),
      ...(volumeConfigurations === undefined ? {} : { volumeConfigurations }),
      ...(platformVersion === undefined ? {} : { platformVersion }),
    };
    const request = placementRequest(sampleTask(definition, spec, ctx.now), definition, {
      count: command.count,
      constraints: command.constraints,
      strategies: command.strategies,
      zones: network?.zones,
    });
    const { tasks, failures } = launchTasks(tx, { hosts, compute, definition, spec, request }, ctx);
    if (command.once !== undefined) rememberLaunch(tx, cluster.clusterArn, command.once, { tasks, failures }, ctx);
    return { tasks, failures };
  },
  output: ({ tasks, failures, repeated }) => ({
    tasks: tasks.map((task) =>
      repeated === true && task.lastStatus === 'STOPPED' ? presentStopped(task) : presentTask(task, { tags: true }),
    ),
    failures: [...failures],
  }),
});

/** All that a repeated call tells of a task that has stopped meanwhile. */
function presentStopped({ taskArn, lastStatus, desiredStatus }: Task) {
  return { taskArn, lastStatus, desiredStatus };
}

function checkedCount(count: number | undefined, most: number): number {
  const value = count ?? 1;
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw invalidParameter(`Invalid count, must be between 1 and ${most}`);
  }
  return value;
}
