import { newTaskSet, type Service, type TaskSet } from '#model';
import type { RoadsteadTx } from '#store';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { invalidParameter, unsupportedFeature } from './errors.ts';
import { limits } from './limits.ts';
import { serviceArnFrom } from './references.ts';
import { registriesFrom } from './service/networking/registries.ts';
import { resolvedLoadBalancers } from './service/networking/target-groups.ts';
import { requireExecTaskRole } from './service/rules.ts';
import { refuseUnbuiltParts } from './service/unbuilt.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';
import { askedCompute, computeFor } from './task/compute.ts';
import { checkedClientToken, requestDigest } from './task/idempotency.ts';
import { checkedPlatformVersion, requireCompatible } from './task/launch-type.ts';
import { checkedNetwork, checkedNetworkConfiguration } from './task/network.ts';
import { refuseFargatePlacement } from './task/placement-rules.ts';
import { checkVolumeConfigurations } from './task/volumes.ts';
import { resolveTaskDefinition } from './task-definition/index.ts';
import { presentTaskSet } from './task-set/present.ts';
import { activeServiceWithTaskSets, taskSetsOf } from './task-set/resolve.ts';
import { checkedScale } from './task-set/rules.ts';

/** CreateTaskSet: stores the set; the service loop starts its tasks. It turns PRIMARY only when asked to. */
export const CreateTaskSet = operation(ecs, 'CreateTaskSet', {
  authorize: (input, ctx) => ({
    action: 'ecs:CreateTaskSet',
    resource: serviceArnFrom(ctx.scope, input.cluster, input.service),
  }),
  command: (input, ctx) => {
    const { launchType = 'EC2', strategy } = askedCompute(ctx.scope, input);
    const networkConfiguration = checkedNetworkConfiguration(input.networkConfiguration, ctx.settings.quotas);
    const clientToken = checkedClientToken(input.clientToken, limits.clientTokenLength.createTaskSet);
    return {
      cluster: input.cluster,
      service: input.service,
      input,
      compute: strategy === undefined ? { launchType } : { strategy },
      asked: {
        ...(input.externalId === undefined ? {} : { externalId: input.externalId }),
        ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
        scalePercent: checkedScale(input.scale),
        tags: checkedTags(input.tags, ctx.settings.quotas),
        ...(clientToken === undefined ? {} : { clientToken }),
        requestDigest: requestDigest({ ...input }),
      },
    };
  },
  apply: (tx, { asked, compute, input, ...named }, ctx) => {
    const service = activeServiceWithTaskSets(tx, ctx.scope, named);
    const repeated = repeatedSet(tx, service, asked);
    if (repeated !== undefined) return repeated;
    if (taskSetsOf(tx, service).length >= limits.taskSetsPerService) {
      const message = `The service ${service.serviceName} has ${limits.taskSetsPerService} task sets, the most there may be. Delete one first.`;
      throw new ApiError('LimitExceededException', message);
    }
    const { launchType, strategy } = computeFor(tx.clusters.get(service.clusterArn), compute);
    const platformVersion = checkedPlatformVersion(launchType, input.platformVersion);
    const definition = resolveTaskDefinition(tx, ctx.scope, input.taskDefinition);
    requireCompatible(definition, launchType);
    refuseFargatePlacement(launchType, service.placementConstraints, service.placementStrategy);
    requireExecTaskRole(service.enableExecuteCommand, definition.taskRoleArn, 'updated');
    checkedNetwork(tx, ctx.scope, ctx.ids, { definition, launchType, configuration: asked.networkConfiguration });
    const subject = { definition, launchType, strategy: 'ROLLING' as const };
    refuseUnbuiltParts(input, subject);
    const serviceRegistries = registriesFrom(tx, ctx.scope, input.serviceRegistries, subject);
    const loadBalancers = resolvedLoadBalancers(tx, ctx.scope, input.loadBalancers, subject);
    // A task set has no word for volumes that are configured at launch.
    checkVolumeConfigurations(undefined, definition, { fargate: launchType === 'FARGATE' });
    if (strategy !== undefined) throw noStrategies();
    const settings = {
      launchType,
      ...(platformVersion === undefined ? {} : { platformVersion }),
      ...(serviceRegistries === undefined ? {} : { serviceRegistries }),
      ...(loadBalancers === undefined ? {} : { loadBalancers }),
    };
    const { taskDefinitionArn } = definition;
    const taskSet = newTaskSet(service, { ...asked, ...settings, taskDefinitionArn }, ctx);
    tx.taskSets.put(taskSet);
    return taskSet;
  },
  output: (taskSet, ctx) => ({ taskSet: presentTaskSet(taskSet, ctx.totals, { tags: true }) }),
});

function noStrategies(): ApiError {
  return unsupportedFeature(
    'Capacity provider strategies of task sets are not part of this version of Roadstead. Specify a launchType instead.',
  );
}

/** The set that this very request made before; an error when its token was used for another. */
function repeatedSet(
  tx: RoadsteadTx,
  service: Service,
  { clientToken, requestDigest: digest }: Pick<TaskSet, 'clientToken' | 'requestDigest'>,
): TaskSet | undefined {
  if (clientToken === undefined) return undefined;
  const known = taskSetsOf(tx, service).find((taskSet) => taskSet.clientToken === clientToken);
  if (known === undefined || known.requestDigest === digest) return known;
  throw invalidParameter('Creation of task set was not idempotent.');
}
