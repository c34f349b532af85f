import type { ContainerInstanceArn, Task } from '#model';
import { refusalOf } from '#scheduler';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { clientError, invalidParameter } from './errors.ts';
import { limits } from './limits.ts';
import { containerInstanceArnFrom } from './references.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';
import {
  checkedGroup,
  checkedPropagation,
  checkedStartedBy,
  checkReferenceId,
  placementRequest,
  requireExecRole,
  startTasksOn,
  taskTags,
} from './task/launch.ts';
import { requireCompatible } from './task/launch-type.ts';
import { checkedNetwork, checkedNetworkConfiguration } from './task/network.ts';
import { checkedOverrides, requireOverridesFit } from './task/overrides.ts';
import { presentTask } from './task/present.ts';
import { sampleTask } from './task/sample.ts';
import { checkVolumeConfigurations } from './task/volumes.ts';
import { resolveTaskDefinition, taskDefinitionResource } from './task-definition/index.ts';

interface Started {
  readonly tasks: Task[];
  readonly failures: { arn?: string; reason: string; detail?: string }[];
}

/** StartTask: one task on each named instance; resources and attributes are still checked. */
export const StartTask = operation(ecs, 'StartTask', {
  authorize: (input, ctx) => ({
    action: 'ecs:StartTask',
    resource: taskDefinitionResource(ctx.scope, input.taskDefinition),
  }),
  command: (input, ctx) => {
    const references = input.containerInstances;
    if (references.length === 0) throw clientError('Container Instances cannot be empty.');
    const { quotas } = ctx.settings;
    if (references.length > quotas.instancesPerStartTask) {
      throw invalidParameter(`Container Instances cannot have more than ${quotas.instancesPerStartTask} elements.`);
    }
    checkReferenceId(input.referenceId);
    return {
      cluster: input.cluster,
      taskDefinition: input.taskDefinition,
      instances: references.map((reference) => containerInstanceArnFrom(ctx.scope, input.cluster, reference)),
      networkConfiguration: checkedNetworkConfiguration(input.networkConfiguration, quotas),
      overrides: checkedOverrides(input.overrides),
      group: checkedGroup(input.group),
      startedBy: checkedStartedBy(input.startedBy, limits.startedByLength.startTask),
      tags: checkedTags(input.tags, quotas),
      propagateTags: checkedPropagation(input.propagateTags),
      enableECSManagedTags: input.enableECSManagedTags ?? false,
      enableExecuteCommand: input.enableExecuteCommand ?? false,
      volumeConfigurations: input.volumeConfigurations,
    };
  },
  apply: (tx, command, ctx): Started => {
    const cluster = resolveCluster(tx, ctx.scope, command.cluster);
    const definition = resolveTaskDefinition(tx, ctx.scope, command.taskDefinition);
    if (!definition.compatibilities.includes('EXTERNAL')) requireCompatible(definition, 'EC2');
    requireOverridesFit(command.overrides, definition, 'EC2', ctx.settings.quotas);
    const volumeConfigurations = checkVolumeConfigurations(command.volumeConfigurations, definition, {
      fargate: false,
    });
    requireExecRole(command.enableExecuteCommand, command.overrides.taskRoleArn ?? definition.taskRoleArn);
    const network = checkedNetwork(tx, ctx.scope, ctx.ids, {
      definition,
      launchType: 'EC2',
      configuration: command.networkConfiguration,
    });
    const started: Started = { tasks: [], failures: [] };
    const startOn = (arn: ContainerInstanceArn): void => {
      const host = ctx.hosts.find(arn);
      if (host === undefined) {
        started.failures.push({ arn, reason: tx.containerInstances.has(arn) ? 'INACTIVE' : 'MISSING' });
        return;
      }
      const spec = {
        scope: ctx.scope,
        clusterArn: cluster.clusterArn,
        launchType: host.external ? ('EXTERNAL' as const) : ('EC2' as const),
        group: command.group ?? `family:${definition.family}`,
        overrides: command.overrides,
        placementConstraints: [],
        enableExecuteCommand: command.enableExecuteCommand,
        tags: taskTags(command, definition, cluster),
        ...(command.startedBy === undefined ? {} : { startedBy: command.startedBy }),
        ...(command.networkConfiguration === undefined ? {} : { networkConfiguration: command.networkConfiguration }),
        ...(volumeConfigurations === undefined ? {} : { volumeConfigurations }),
      };
      const request = placementRequest(sampleTask(definition, spec, ctx.now), definition, {
        count: 1,
        constraints: [],
        strategies: [],
        zones: network?.zones,
      });
      const refusal = refusalOf(host, request);
      if (refusal !== undefined) {
        started.failures.push({ arn, ...refusal });
        return;
      }
      const gpuIds = [host.freeGpuIds.slice(0, request.reserves.gpuCount)];
      started.tasks.push(...startTasksOn(tx, { placed: [arn], gpuIds }, definition, spec, ctx));
    };
    command.instances.forEach(startOn);
    return started;
  },
  output: ({ tasks, failures }) => ({ tasks: tasks.map((task) => presentTask(task, { tags: true })), failures }),
});
