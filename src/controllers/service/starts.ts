import type { Ids, Instant, Random } from '#base';
import {
  type CapacityProviderArn,
  capacityProviderArn,
  type Deployment,
  networkModeOf,
  newTask,
  placeTask,
  type Service,
  type ServiceRevision,
  type Tag,
  type Task,
  type TaskDefinition,
  taskTargetGroups,
  waitsForInstance,
} from '#model';
import {
  defaultServiceStrategies,
  type PlacementRequest,
  type PlacementTrouble,
  placementEvent,
  placementRequestOf,
  placementTrouble,
  placeTasks,
} from '#scheduler';
import { withPinnedImages } from './digests.ts';
import { messages } from './messages.ts';
import { sharesOfStarts } from './providers.ts';
import type { ServiceView } from './view.ts';

/** Tasks made, each on its host, or waiting for one. */
export interface Starts {
  readonly tasks: readonly Task[];
  readonly shortfall?: Unplaced;
}

/** What to tell when not all tasks found a host. */
export interface Unplaced extends PlacementTrouble {
  readonly message: string;
  /** The providers that had no room, when a strategy chose. */
  readonly capacityProviderArns?: readonly CapacityProviderArn[];
}

/** What a decision is made with. */
interface StartContext {
  readonly now: Instant;
  readonly ids: Ids;
  readonly random: Random;
}

/**
 * Makes up to `count` tasks of the deployment and places them; what finds no host is not made. With a strategy each
 * provider has its share, and one without room leaves it to no other. Fargate's providers share their hosts, so there
 * the tasks that found one are shared out. Tasks of a provider that scales its group are made all the same and wait.
 */
export function startTasks(view: ServiceView, deployment: Deployment, count: number, context: StartContext): Starts {
  const strategy = deployment.capacityProviderStrategy;
  if (strategy === undefined) return startAlike(view, deployment, { count }, context);
  const providersOf = (tasks: number): readonly string[] =>
    sharesOfStarts(view, deployment, strategy, tasks).flatMap((share) =>
      Array.from({ length: share.count }, () => share.capacityProvider),
    );
  if (deployment.launchType === 'FARGATE') return startAlike(view, deployment, { count, providersOf }, context);
  const shares = sharesOfStarts(view, deployment, strategy, count);
  let room = view.provisioningRoom();
  const started = shares.map((share) => {
    const starts = startAlike(view, deployment, { ...share, room }, context);
    room -= starts.tasks.filter(waitsForInstance).length;
    return starts;
  });
  const tasks = started.flatMap((starts) => starts.tasks);
  const shortfalls = started.flatMap(({ shortfall }) => shortfall ?? []);
  const [first] = shortfalls;
  if (first === undefined) return { tasks };
  const capacityProviderArns = shortfalls.flatMap((shortfall) => shortfall.capacityProviderArns ?? []);
  return { tasks, shortfall: { ...first, capacityProviderArns } };
}

/**
 * Makes tasks in one zone, one for each of the providers given (`undefined` without a strategy), which share their hosts
 * on Fargate and are all the same elsewhere. What finds no host is not made; none waits for one.
 */
export function startInZone(
  view: ServiceView,
  deployment: Deployment,
  { zone, providers }: { readonly zone: string; readonly providers: readonly (string | undefined)[] },
  context: StartContext,
): Starts {
  const alike = { count: providers.length, zone };
  const [provider] = providers;
  if (provider === undefined) return startAlike(view, deployment, alike, context);
  if (deployment.launchType !== 'FARGATE') {
    return startAlike(view, deployment, { ...alike, capacityProvider: provider }, context);
  }
  const providersOf = (tasks: number): readonly string[] => providers.slice(0, tasks).map((name) => name ?? provider);
  return startAlike(view, deployment, { ...alike, providersOf }, context);
}

/** Where a task of the deployment may go; without `task` it asks for no room, only for what hosts are. */
export function placementFor(
  view: ServiceView,
  deployment: Deployment,
  where: {
    readonly task?: Pick<Task, 'reserves' | 'attachment' | 'serviceConnect'>;
    readonly capacityProvider?: string | undefined;
    readonly zone?: string | undefined;
  },
  count: number,
): PlacementRequest {
  const { service } = view;
  const { launchType } = deployment;
  const definition = view.definition(deployment.taskDefinitionArn);
  const subnets = networkModeOf(definition) === 'awsvpc' ? deployment.networkConfiguration?.subnets : undefined;
  const task = where.task ?? {
    reserves: { cpuUnits: 0, memoryMiB: 0, gpuCount: 0, tcpPorts: [], udpPorts: [] },
    ...(hasConnect(deployment) ? { serviceConnect: { attachmentId: '', containerName: '' } } : {}),
  };
  return placementRequestOf(
    {
      task: {
        ...task,
        launchType,
        group: `service:${service.serviceName}`,
        enableExecuteCommand: service.enableExecuteCommand,
      },
      definition,
      constraints: service.placementConstraints,
      strategies: service.placementStrategy.length === 0 ? defaultServiceStrategies : service.placementStrategy,
      ...(subnets === undefined ? {} : { zones: view.zonesOf(subnets) }),
      ...(where.capacityProvider === undefined ? {} : { capacityProvider: where.capacityProvider }),
      ...(where.zone === undefined ? {} : { inZone: where.zone }),
    },
    count,
  );
}

/** Tasks that are placed alike: of a launch type, of one provider's instances, or of Fargate's providers together. */
function startAlike(
  view: ServiceView,
  deployment: Deployment,
  alike: {
    readonly count: number;
    readonly capacityProvider?: string;
    readonly providersOf?: (tasks: number) => readonly string[];
    /** How many may wait for an instance of a provider that scales its group. */
    readonly room?: number;
    /** In this zone alone, and none waits. */
    readonly zone?: string;
  },
  context: StartContext,
): Starts {
  const { service } = view;
  const { capacityProvider, count, providersOf, room = 0, zone: inZone } = alike;
  const definition = view.definition(deployment.taskDefinitionArn);
  const make = (): Task => newServiceTask(view, deployment, definition, context);
  const first = make();
  const hosts = view.hosts(deployment.launchType);
  const request = placementFor(view, deployment, { task: first, capacityProvider, zone: inZone }, count);
  const result = placeTasks(hosts, request, context.random);
  const names = providersOf?.(result.placed.length);
  const placed = result.placed.map((hostArn, index) => {
    const zone = hosts.find(hostArn)?.availabilityZone ?? '';
    const task = ofProvider(index === 0 ? first : make(), names?.[index] ?? capacityProvider);
    return placeTask(task, hostArn, zone === '' ? undefined : zone, result.gpuIds[index]);
  });
  const missing = count - placed.length;
  if (missing === 0) return { tasks: placed };
  const providers =
    providersOf === undefined ? { all: [capacityProvider] } : { all: providersOf(count), served: names ?? [] };
  const lacking = providersWithoutRoom(service, providers);
  if (capacityProvider === undefined || inZone !== undefined || !view.scalesGroup(capacityProvider)) {
    const message = placementEvent(service.serviceName, request, result);
    return { tasks: placed, shortfall: { message, ...placementTrouble(request, result), ...lacking } };
  }
  const waits = (): Task => ({ ...ofProvider(make(), capacityProvider), placementStrategy: request.strategies });
  const waiting = Array.from({ length: Math.min(missing, room) }, waits);
  const tasks = [...placed, ...waiting];
  return tasks.length === count
    ? { tasks }
    : { tasks, shortfall: { message: messages.provisioningLimit(service.serviceName), ...lacking } };
}

/** Those of which not all tasks found room, given a name for each task that was wanted, and for each that did. */
function providersWithoutRoom(
  service: Service,
  { all, served = [] }: { readonly all: readonly (string | undefined)[]; readonly served?: readonly string[] },
): Pick<Unplaced, 'capacityProviderArns'> {
  const times = (names: readonly (string | undefined)[], name: string): number =>
    names.filter((other) => other === name).length;
  const lacking = [...new Set(all)].filter((name) => name !== undefined && times(served, name) < times(all, name));
  return lacking.length === 0
    ? {}
    : { capacityProviderArns: lacking.map((name) => capacityProviderArn(service, name as string)) };
}

function ofProvider(task: Task, capacityProviderName: string | undefined): Task {
  return capacityProviderName === undefined ? task : { ...task, capacityProviderName };
}

function newServiceTask(
  view: ServiceView,
  deployment: Deployment,
  definition: TaskDefinition,
  context: { readonly now: Instant; readonly ids: Ids },
): Task {
  const { service } = view;
  const { accountId, region } = service;
  const spec = {
    scope: { accountId, region },
    clusterArn: service.clusterArn,
    launchType: deployment.launchType,
    group: `service:${service.serviceName}`,
    overrides: { containerOverrides: [] },
    placementConstraints: service.placementConstraints,
    enableExecuteCommand: service.enableExecuteCommand,
    tags: tagsOf(service, definition, view.clusterName),
    startedBy: deployment.id,
    serviceArn: service.serviceArn,
    deploymentId: deployment.id,
    ...(deployment.networkConfiguration === undefined ? {} : { networkConfiguration: deployment.networkConfiguration }),
    ...(deployment.volumeConfigurations === undefined ? {} : { volumeConfigurations: deployment.volumeConfigurations }),
    ...(deployment.platformVersion === undefined ? {} : { platformVersion: deployment.platformVersion }),
    ...(hasConnect(deployment) ? { serviceConnect: true, ...hostPortsOf(view.revision(deployment)) } : {}),
    ...(deployment.loadBalancers === undefined
      ? {}
      : { targetGroups: taskTargetGroups(deployment.loadBalancers, view.revision(deployment)?.resolvedLoadBalancers) }),
  };
  return withPinnedImages(newTask(definition, spec, context.now, context.ids), view.revision(deployment));
}

/** Whether its tasks have a proxy of Service Connect. */
function hasConnect({ serviceConnectConfiguration }: Deployment): boolean {
  return serviceConnectConfiguration?.enabled === true;
}

/** What its proxies are called by in bridge mode, where it was said. */
function hostPortsOf(revision: ServiceRevision | undefined): { readonly connectHostPorts?: readonly number[] } {
  const ports = (revision?.connect?.endpoints ?? []).flatMap(({ bridge }) => bridge?.hostPort || []);
  return ports.length === 0 ? {} : { connectHostPorts: ports };
}

/** Source: "Tagging Amazon ECS resources": propagated tags, then those that ECS manages. */
function tagsOf(service: Service, definition: TaskDefinition, clusterName: string): readonly Tag[] {
  const propagated: Readonly<Record<Service['propagateTags'], readonly Tag[]>> = {
    NONE: [],
    SERVICE: service.tags,
    TASK_DEFINITION: definition.tags,
  };
  const managed = service.enableECSManagedTags
    ? [
        { key: 'aws:ecs:clusterName', value: clusterName },
        { key: 'aws:ecs:serviceName', value: service.serviceName },
      ]
    : [];
  return [...propagated[service.propagateTags], ...managed];
}
