import type * as Ecs from '@aws-sdk/client-ecs';
import { assert } from '#base';
import { type AwsvpcConfiguration, primaryDeployment, type Service, type TaskDefinition, usesTaskSets } from '#model';
import type { RoadsteadTx } from '#store';
import type { InputOf } from '#wire/aws';
import { type OperationContext, operation } from '../operation.ts';
import { checkedStrategy } from './capacity-provider/strategy.ts';
import { serviceArnFrom } from './references.ts';
import { deploy } from './service/deployment.ts';
import { checkedDeploymentConfiguration } from './service/deployment-rules.ts';
import { connectFrom } from './service/networking/connect-settings.ts';
import { checkLoadBalancers } from './service/networking/load-balancers.ts';
import { checkRegistries, registriesFrom } from './service/networking/registries.ts';
import type { ConnectInput } from './service/networking/service-connect.ts';
import { subjectOf } from './service/networking/subject.ts';
import { resolvedLoadBalancers } from './service/networking/target-groups.ts';
import { newestEvents, presentService } from './service/present.ts';
import { requireRebalanceable } from './service/rebalancing-rules.ts';
import { activeService } from './service/resolve.ts';
import {
  checkedDesiredCount,
  checkedGracePeriod,
  refuseForDaemon,
  requireExecTaskRole,
  requireHealthChecks,
} from './service/rules.ts';
import { withStrategy } from './service/strategy.ts';
import { refuseUnbuiltParts } from './service/unbuilt.ts';
import { ecs } from './service.ts';
import { checkedPlatformVersion, requireCompatible } from './task/launch-type.ts';
import { checkedNetwork, checkedNetworkConfiguration } from './task/network.ts';
import { checkedConstraints, checkedStrategies, refuseFargatePlacement } from './task/placement-rules.ts';
import { checkVolumeConfigurations } from './task/volumes.ts';
import { resolveTaskDefinition } from './task-definition/index.ts';
import { withController } from './task-set/change-controller.ts';
import { requireUpdatable } from './task-set/controller.ts';
import { taskSetsOf } from './task-set/resolve.ts';

type Input = InputOf<typeof Ecs, 'UpdateService'>;

/**
 * UpdateService. A changed task definition, network configuration or platform version, or `forceNewDeployment`, makes
 * a new deployment; every other setting takes effect on the running one. Another deployment controller takes over the
 * tasks as they are.
 */
export const UpdateService = operation(ecs, 'UpdateService', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateService',
    resource: serviceArnFrom(ctx.scope, input.cluster, input.service),
  }),
  command: (input, ctx) => ({
    cluster: input.cluster,
    service: input.service,
    taskDefinition: input.taskDefinition,
    platformVersion: input.platformVersion,
    deploymentConfiguration: input.deploymentConfiguration,
    networkConfiguration: checkedNetworkConfiguration(input.networkConfiguration, ctx.settings.quotas),
    strategy:
      input.capacityProviderStrategy === undefined
        ? undefined
        : checkedStrategy(ctx.scope, input.capacityProviderStrategy),
    force: input.forceNewDeployment ?? false,
    plain: plainSettings(input, ctx),
    input,
  }),
  apply: (tx, command, ctx) => {
    const stored = activeService(tx, ctx.scope, command.cluster, command.service);
    requireUpdatable(stored, command.input);
    const found = withController(tx, stored, command.input, ctx);
    if (usesTaskSets(found)) {
      const service = withPlainSettings(found, command);
      const taskSets = taskSetsOf(tx, service);
      const { placementConstraints, placementStrategy } = service;
      for (const { launchType } of taskSets)
        refuseFargatePlacement(launchType, placementConstraints, placementStrategy);
      tx.services.put(service);
      return { service, events: newestEvents(tx, service), taskSets };
    }
    refuseForDaemon(found.schedulingStrategy, command.input);
    const current =
      command.strategy === undefined ? found : withStrategy(tx, found, command.strategy, { force: command.force });
    const definition = definitionFor(tx, ctx, command.taskDefinition, current);
    requireCompatible(definition, current.launchType);
    const networkConfiguration = command.networkConfiguration ?? networkFor(definition, current);
    checkedNetwork(tx, ctx.scope, ctx.ids, {
      definition,
      launchType: current.launchType,
      configuration: networkConfiguration,
    });
    const volumeConfigurations = volumesFor(command.input, current, definition);
    const serviceRegistries = registriesFor(tx, ctx, command.input, current, definition);
    const namespace = tx.clusters.get(current.clusterArn).serviceConnectDefaults?.namespace;
    const changed = { ...command, definition, networkConfiguration, volumeConfigurations, serviceRegistries };
    const plain = updatedService(current, changed);
    const subject = subjectOf(plain, definition);
    refuseUnbuiltParts({ ...command.input, ...connectAgain(command.input, current) }, subject, namespace);
    const balanced = withLoadBalancers(tx, plain, command.input, definition);
    const updated = withConnect(tx, balanced, command.input, namespace);
    requireExecTaskRole(updated.enableExecuteCommand, definition.taskRoleArn, 'updated');
    requireHealthChecks(command.input.healthCheckGracePeriodSeconds, definition, {
      ...command.input,
      ...(command.input.loadBalancers === undefined && updated.loadBalancers !== undefined
        ? { loadBalancers: updated.loadBalancers }
        : {}),
    });
    requireRebalanceable(found, updated, command.input.availabilityZoneRebalancing);
    const deploys = command.force || primaryDeployment(current) === undefined || needsDeployment(current, updated);
    const service = deploys ? deploy(tx, updated, definition, ctx) : updated;
    if (!deploys) tx.services.put(service);
    return { service, events: newestEvents(tx, service), taskSets: [] };
  },
  output: ({ service, events, taskSets }, ctx) => ({
    service: presentService(service, events, ctx.totals, { tags: false, taskSets }),
  }),
});

/** All that UpdateService changes of a service with task sets. */
function withPlainSettings(
  current: Service,
  { plain, deploymentConfiguration }: Pick<Parameters<typeof updatedService>[1], 'plain' | 'deploymentConfiguration'>,
): Service {
  return {
    ...current,
    ...plain,
    deploymentConfiguration: checkedDeploymentConfiguration(deploymentConfiguration, current.deploymentConfiguration),
  };
}

/** Settings that take effect without a new deployment. */
function plainSettings(input: Input, ctx: OperationContext) {
  const gracePeriod = checkedGracePeriod(input.healthCheckGracePeriodSeconds);
  return {
    ...(input.desiredCount === undefined
      ? {}
      : { desiredCount: checkedDesiredCount(input.desiredCount, ctx.settings.quotas.tasksPerService) }),
    ...(input.placementConstraints === undefined
      ? {}
      : { placementConstraints: checkedConstraints(input.placementConstraints) }),
    ...(input.placementStrategy === undefined ? {} : { placementStrategy: checkedStrategies(input.placementStrategy) }),
    ...(gracePeriod === undefined ? {} : { healthCheckGracePeriodSeconds: gracePeriod }),
    ...(input.enableExecuteCommand === undefined ? {} : { enableExecuteCommand: input.enableExecuteCommand }),
    ...(input.enableECSManagedTags === undefined ? {} : { enableECSManagedTags: input.enableECSManagedTags }),
    ...(input.propagateTags === undefined ? {} : { propagateTags: input.propagateTags }),
    ...(input.availabilityZoneRebalancing === undefined
      ? {}
      : { availabilityZoneRebalancing: input.availabilityZoneRebalancing }),
  };
}

/** The definition named, which must be ACTIVE; or the service's own, which may have been deregistered meanwhile. */
function definitionFor(
  tx: RoadsteadTx,
  ctx: OperationContext,
  reference: string | undefined,
  current: Service,
): TaskDefinition {
  if (reference !== undefined) return resolveTaskDefinition(tx, ctx.scope, reference);
  assert(current.taskDefinitionArn !== undefined, `${current.serviceArn} has no task definition`);
  return tx.taskDefinitions.get(current.taskDefinitionArn);
}

/** A definition that leaves awsvpc leaves the network configuration behind. */
function networkFor(definition: TaskDefinition, current: Service): AwsvpcConfiguration | undefined {
  return definition.networkMode === 'awsvpc' ? current.networkConfiguration : undefined;
}

/** The volumes given; else the service's own, unless the definition has no volume that is configured at launch. */
function volumesFor(input: Input, current: Service, definition: TaskDefinition): Service['volumeConfigurations'] {
  const own = current.volumeConfigurations;
  if (input.taskDefinition === undefined && input.volumeConfigurations === undefined) return own;
  const launched = definition.volumes.filter(({ configuredAtLaunch }) => configuredAtLaunch === true);
  if (input.volumeConfigurations === undefined && own !== undefined) {
    if (launched.length === 0) return undefined;
    if (own.every(({ name }) => launched.some((volume) => volume.name === name))) return own;
  }
  const fargate = current.launchType === 'FARGATE';
  return checkVolumeConfigurations(input.volumeConfigurations, definition, { fargate });
}

/** The registries given, where an empty list means none; else the service's own. */
function registriesFor(
  tx: RoadsteadTx,
  { scope }: OperationContext,
  { serviceRegistries, loadBalancers = [] }: Input,
  current: Service,
  definition: TaskDefinition,
): Service['serviceRegistries'] {
  if (serviceRegistries === undefined) return current.serviceRegistries;
  const subject = subjectOf(current, definition);
  const classicLoadBalancer = loadBalancers.some(({ loadBalancerName = '' }) => loadBalancerName !== '');
  checkRegistries(serviceRegistries, subject, { classicLoadBalancer });
  return registriesFrom(tx, scope, serviceRegistries, subject);
}

function updatedService(
  current: Service,
  change: {
    readonly definition: TaskDefinition;
    readonly networkConfiguration: AwsvpcConfiguration | undefined;
    readonly volumeConfigurations: Service['volumeConfigurations'];
    readonly serviceRegistries: Service['serviceRegistries'];
    readonly platformVersion: string | undefined;
    readonly deploymentConfiguration: Input['deploymentConfiguration'];
    readonly plain: Partial<Service>;
  },
): Service {
  const { networkConfiguration: _, volumeConfigurations: __, serviceRegistries: ___, ...rest } = current;
  const updated: Service = {
    ...rest,
    ...change.plain,
    taskDefinitionArn: change.definition.taskDefinitionArn,
    deploymentConfiguration: checkedDeploymentConfiguration(
      change.deploymentConfiguration,
      current.deploymentConfiguration,
    ),
    ...(change.networkConfiguration === undefined ? {} : { networkConfiguration: change.networkConfiguration }),
    ...(change.volumeConfigurations === undefined ? {} : { volumeConfigurations: change.volumeConfigurations }),
    ...(change.serviceRegistries === undefined ? {} : { serviceRegistries: change.serviceRegistries }),
    ...(change.platformVersion === undefined ? {} : platformMember(current, change.platformVersion)),
  };
  refuseFargatePlacement(updated.launchType, updated.placementConstraints, updated.placementStrategy);
  return updated;
}

function platformMember(current: Service, given: string): { platformVersion?: string } {
  const platformVersion = checkedPlatformVersion(current.launchType, given);
  return platformVersion === undefined ? {} : { platformVersion };
}

/** The load balancers given, an empty list for none; else the service's own, which must still fit its tasks. */
function withLoadBalancers(tx: RoadsteadTx, service: Service, input: Input, definition: TaskDefinition): Service {
  const given = input.loadBalancers;
  if (given === undefined && input.taskDefinition === undefined && input.deploymentConfiguration === undefined)
    return service;
  const subject = subjectOf(service, definition);
  const wanted = given ?? service.loadBalancers;
  checkLoadBalancers(wanted ?? [], subject);
  const { loadBalancers: _, ...rest } = service;
  const resolved = given === undefined ? service.loadBalancers : resolvedLoadBalancers(tx, service, wanted, subject);
  return resolved === undefined ? rest : { ...rest, loadBalancers: resolved };
}

/** What the service has of Service Connect must go with another definition as well. */
function connectAgain(
  input: Input,
  { serviceConnectConfiguration: own }: Service,
): Pick<Input, 'serviceConnectConfiguration'> {
  if (input.serviceConnectConfiguration !== undefined || input.taskDefinition === undefined) return {};
  return own === undefined ? {} : { serviceConnectConfiguration: own as ConnectInput };
}

/** The Service Connect configuration given; else the service's own. */
function withConnect(
  tx: RoadsteadTx,
  service: Service,
  { serviceConnectConfiguration: given }: Input,
  defaultNamespace: string | undefined,
): Service {
  const connect = connectFrom(tx, service, given, defaultNamespace);
  return connect === undefined ? service : { ...service, serviceConnectConfiguration: connect };
}

function needsDeployment(current: Service, updated: Service): boolean {
  return (
    current.taskDefinitionArn !== updated.taskDefinitionArn ||
    current.platformVersion !== updated.platformVersion ||
    JSON.stringify(current.networkConfiguration) !== JSON.stringify(updated.networkConfiguration) ||
    JSON.stringify(current.volumeConfigurations) !== JSON.stringify(updated.volumeConfigurations) ||
    JSON.stringify(current.serviceRegistries) !== JSON.stringify(updated.serviceRegistries) ||
    JSON.stringify(current.loadBalancers) !== JSON.stringify(updated.loadBalancers) ||
    JSON.stringify(current.serviceConnectConfiguration) !== JSON.stringify(updated.serviceConnectConfiguration)
  );
}
