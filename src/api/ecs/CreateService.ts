import { type Service, serviceArn, type TaskDefinition, usesTaskSets } from '#model';
import type { RoadsteadTx } from '#store';
import { type OperationContext, operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './limits.ts';
import { serviceArnFrom } from './references.ts';
import { deploy, forgetHistory } from './service/deployment.ts';
import {
  checkedDeploymentConfiguration,
  daemonDeploymentConfiguration,
  defaultDeploymentConfiguration,
} from './service/deployment-rules.ts';
import { connectFrom } from './service/networking/connect-settings.ts';
import { registriesFrom } from './service/networking/registries.ts';
import { subjectOf } from './service/networking/subject.ts';
import { balancingOf } from './service/networking/target-groups.ts';
import { newestEvents, presentService } from './service/present.ts';
import { checkedRebalancing } from './service/rebalancing-rules.ts';
import { requireNameFree, requireServiceQuota } from './service/room.ts';
import {
  checkedDesiredCount,
  checkedGracePeriod,
  checkedServiceName,
  refuseForDaemon,
  requireExecTaskRole,
  requireHealthChecks,
} from './service/rules.ts';
import { refuseUnbuiltParts } from './service/unbuilt.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';
import { askedCompute, type Compute, computeFor } from './task/compute.ts';
import { checkedClientToken, requestDigest } from './task/idempotency.ts';
import { checkedPlatformVersion, requireCompatible } from './task/launch-type.ts';
import { checkedNetwork, checkedNetworkConfiguration } from './task/network.ts';
import { checkedConstraints, checkedStrategies, refuseFargatePlacement } from './task/placement-rules.ts';
import { checkVolumeConfigurations } from './task/volumes.ts';
import { resolveTaskDefinition } from './task-definition/index.ts';
import { checkedController, requireLoadBalancer } from './task-set/controller.ts';
import { firstTaskSet } from './task-set/make.ts';
import { taskSetsOf } from './task-set/resolve.ts';

const ec2: Compute = { launchType: 'EC2' };

/** CreateService: stores the service with its first deployment; the service loop starts the tasks. */
export const CreateService = operation(ecs, 'CreateService', {
  authorize: (input, ctx) => ({
    action: 'ecs:CreateService',
    resource: serviceArnFrom(ctx.scope, input.cluster, input.serviceName),
  }),
  command: (input, ctx) => {
    const serviceName = checkedServiceName(input.serviceName);
    const schedulingStrategy = input.schedulingStrategy ?? 'REPLICA';
    const deploymentController = checkedController(input);
    refuseForDaemon(schedulingStrategy, input);
    const compute = askedCompute(ctx.scope, input);
    const placementConstraints = checkedConstraints(input.placementConstraints);
    const placementStrategy = checkedStrategies(input.placementStrategy);
    const isExternal = deploymentController === 'EXTERNAL';
    if (input.taskDefinition === undefined && !isExternal) throw invalidParameter('TaskDefinition can not be blank.');
    const networkConfiguration = checkedNetworkConfiguration(input.networkConfiguration, ctx.settings.quotas);
    const clientToken = checkedClientToken(input.clientToken, limits.clientTokenLength.createService);
    return {
      cluster: input.cluster,
      taskDefinition: isExternal ? undefined : input.taskDefinition,
      input,
      compute,
      platformVersion: input.platformVersion,
      rebalancing: input.availabilityZoneRebalancing ?? (isExternal ? ('DISABLED' as const) : undefined),
      record: {
        ...ctx.scope,
        serviceName,
        status: 'ACTIVE' as const,
        desiredCount:
          schedulingStrategy === 'DAEMON'
            ? 0
            : checkedDesiredCount(
                input.desiredCount ?? (isExternal ? 0 : undefined),
                ctx.settings.quotas.tasksPerService,
              ),
        schedulingStrategy,
        deploymentConfiguration: checkedDeploymentConfiguration(
          input.deploymentConfiguration,
          schedulingStrategy === 'DAEMON' ? daemonDeploymentConfiguration : defaultDeploymentConfiguration,
        ),
        placementConstraints,
        placementStrategy,
        ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
        healthCheckGracePeriodSeconds: checkedGracePeriod(input.healthCheckGracePeriodSeconds) ?? 0,
        enableECSManagedTags: input.enableECSManagedTags ?? false,
        propagateTags: input.propagateTags ?? ('NONE' as const),
        enableExecuteCommand: input.enableExecuteCommand ?? false,
        deploymentControllerGiven: input.deploymentController !== undefined,
        ...(deploymentController === undefined ? {} : { deploymentController }),
        createdAt: ctx.now,
        createdBy: ctx.principal.arn,
        tags: checkedTags(input.tags, ctx.settings.quotas),
        ...(clientToken === undefined ? {} : { clientToken }),
        requestDigest: requestDigest({ ...input }),
      },
    };
  },
  apply: (tx, command, ctx) => {
    const {
      cluster: reference,
      taskDefinition,
      input,
      compute: asked,
      platformVersion: version,
      rebalancing,
      record,
    } = command;
    const cluster = resolveCluster(tx, ctx.scope, reference);
    const arn = serviceArn(ctx.scope, cluster.clusterName, record.serviceName);
    const repeated = requireNameFree(tx, arn, record);
    if (repeated !== undefined) {
      return {
        service: repeated,
        events: newestEvents(tx, repeated),
        taskSets: taskSetsOf(tx, repeated),
        isNew: false,
      };
    }
    requireServiceQuota(tx, cluster, ctx);
    // Task sets say for themselves where their tasks run.
    const { launchType, strategy } = taskDefinition === undefined ? ec2 : computeFor(cluster, asked);
    refuseForDaemon(record.schedulingStrategy, { launchType });
    refuseFargatePlacement(launchType, record.placementConstraints, record.placementStrategy);
    const platformVersion = checkedPlatformVersion(launchType, version);
    const owned = {
      ...record,
      launchType,
      availabilityZoneRebalancing: checkedRebalancing(rebalancing, { ...record, launchType }),
      ...(strategy === undefined ? {} : { capacityProviderStrategy: strategy }),
      ...(platformVersion === undefined ? {} : { platformVersion }),
      serviceArn: arn,
      clusterArn: cluster.clusterArn,
      deployments: [],
    };
    const namespace = cluster.serviceConnectDefaults?.namespace;
    if (taskDefinition === undefined) {
      refuseUnbuiltParts(input, subjectOf(owned, undefined), namespace);
      forgetHistory(tx, owned);
      tx.services.put(owned);
      return { service: owned, events: [], taskSets: [], isNew: true };
    }
    const definition = resolveTaskDefinition(tx, ctx.scope, taskDefinition);
    requireCompatible(definition, launchType);
    requireExecTaskRole(record.enableExecuteCommand, definition.taskRoleArn, 'created');
    checkedNetwork(tx, ctx.scope, ctx.ids, {
      definition,
      launchType,
      configuration: record.networkConfiguration,
    });
    requireHealthChecks(record.healthCheckGracePeriodSeconds, definition, input);
    requireLoadBalancer(record.deploymentController, input.loadBalancers);
    const subject = subjectOf(owned, definition);
    refuseUnbuiltParts(input, subject, namespace);
    const serviceRegistries = registriesFrom(tx, ctx.scope, input.serviceRegistries, subject);
    const connect = connectFrom(tx, ctx.scope, input.serviceConnectConfiguration, namespace);
    const fargate = launchType === 'FARGATE';
    const volumeConfigurations = checkVolumeConfigurations(input.volumeConfigurations, definition, { fargate });
    const service: Service = {
      ...owned,
      taskDefinitionArn: definition.taskDefinitionArn,
      ...(volumeConfigurations === undefined ? {} : { volumeConfigurations }),
      ...(serviceRegistries === undefined ? {} : { serviceRegistries }),
      ...(connect === undefined ? {} : { serviceConnectConfiguration: connect }),
      ...balancingOf(tx, ctx.scope, input, subjectOf(owned, definition)),
    };
    return begun(tx, service, definition, ctx);
  },
  output: ({ service, events, taskSets, isNew }, ctx) => ({
    service: presentService(service, events, ctx.totals, { tags: service.tags.length > 0, isNew, taskSets }),
  }),
});

/** Stores the service with what its tasks first belong to: a deployment, or the task set that CodeDeploy begins with. */
function begun(tx: RoadsteadTx, service: Service, definition: TaskDefinition, ctx: OperationContext) {
  forgetHistory(tx, service);
  if (!usesTaskSets(service)) {
    return { service: deploy(tx, service, definition, ctx), events: [], taskSets: [], isNew: true };
  }
  const taskSet = firstTaskSet(service, ctx);
  tx.services.put(service);
  tx.taskSets.put(taskSet);
  return { service, events: [], taskSets: [taskSet], isNew: true };
}
