import { revisionOfTask } from '#mesh';
import {
  type DiscoveryInstance,
  type DiscoveryService,
  discoveryServiceArn,
  familyRevisionOf,
  networkModeOf,
  type ServiceRegistry,
  shortId,
  type Task,
} from '#model';
import type { RoadsteadView } from '#store';
import type { ConnectView } from './connect.ts';
import type { RegistryView } from './decide.ts';

export function registryView(view: RoadsteadView, taskArn: string): RegistryView {
  const task = view.tasks.find(taskArn);
  const settings = task === undefined ? undefined : settingsOf(view, task);
  const [registry] = settings?.serviceRegistries ?? [];
  const service = registry === undefined || task === undefined ? undefined : serviceOf(view, task, registry);
  const definition = task === undefined ? undefined : view.taskDefinitions.find(task.taskDefinitionArn);
  return {
    task,
    registry,
    externalId: settings?.externalId,
    service,
    instances: service === undefined ? 0 : view.discoveryInstances.count('service', service.serviceId),
    family: task === undefined ? '' : familyRevisionOf(task.taskDefinitionArn).family,
    networkMode: definition === undefined ? 'bridge' : networkModeOf(definition),
    host: task?.hostArn === undefined ? undefined : view.containerInstances.find(task.hostArn),
    registered: registeredOf(view, taskArn).filter((instance) => !isOfConnect(view, instance)),
  };
}

/** What the task has of Service Connect. */
export function connectView(view: RoadsteadView, taskArn: string): ConnectView {
  const task = view.tasks.find(taskArn);
  const endpoints = task?.serviceConnect === undefined ? [] : endpointsOf(view, task);
  return {
    task,
    endpoints,
    definition: task === undefined ? undefined : view.taskDefinitions.find(task.taskDefinitionArn),
    host: task?.hostArn === undefined ? undefined : view.containerInstances.find(task.hostArn),
    registered: registeredOf(view, taskArn).filter((instance) => isOfConnect(view, instance)),
  };
}

function endpointsOf(view: RoadsteadView, task: Task): ConnectView['endpoints'] {
  return (revisionOfTask(view, task)?.connect?.endpoints ?? []).flatMap((endpoint) => {
    const found = view.discoveryServices.find(shortId(endpoint.discoveryArn));
    return found === undefined ? [] : [{ endpoint, service: found }];
  });
}

function registeredOf(view: RoadsteadView, taskArn: string): readonly DiscoveryInstance[] {
  return [...view.discoveryInstances.by('task', taskArn)];
}

function isOfConnect(view: RoadsteadView, { serviceId }: DiscoveryInstance): boolean {
  return view.discoveryServices.find(serviceId)?.managedByEcs === true;
}

interface Settings {
  readonly serviceRegistries?: readonly ServiceRegistry[];
  readonly externalId?: string;
}

/** Those of the task's own deployment or task set: a newer one may have others, and brings its own tasks. */
function settingsOf(view: RoadsteadView, { serviceArn, deploymentId }: Task): Settings | undefined {
  if (serviceArn === undefined) return undefined;
  const deployment = view.services.find(serviceArn)?.deployments.find(({ id }) => id === deploymentId);
  if (deployment !== undefined) return deployment;
  for (const taskSet of view.taskSets.by('service', serviceArn)) if (taskSet.id === deploymentId) return taskSet;
  return undefined;
}

function serviceOf(view: RoadsteadView, task: Task, { registryArn }: ServiceRegistry): DiscoveryService | undefined {
  const service = view.discoveryServices.find(shortId(registryArn));
  return service !== undefined && discoveryServiceArn(task, service.serviceId) === registryArn ? service : undefined;
}
