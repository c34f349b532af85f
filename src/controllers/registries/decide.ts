import type { Instant } from '#base';
import {
  attributeValue,
  type ContainerInstance,
  type DiscoveryInstance,
  type DiscoveryService,
  instanceAttributes,
  type NetworkMode,
  ownContainers,
  resolverAddress,
  type ServiceRegistry,
  shortId,
  type Task,
  taskClusterName,
  taskHealth,
} from '#model';
import { instancesPerService } from './limits.ts';

/** What the decision about one task's registration reads. */
export interface RegistryView {
  /** Absent when only its instances are left. */
  readonly task: Task | undefined;
  /** Of the deployment or task set that the task belongs to. */
  readonly registry: ServiceRegistry | undefined;
  /** Of the task set. */
  readonly externalId: string | undefined;
  /** The Cloud Map service that the registry names; absent when it is gone. */
  readonly service: DiscoveryService | undefined;
  /** How many instances that has. */
  readonly instances: number;
  readonly family: string;
  readonly networkMode: NetworkMode;
  readonly host: ContainerInstance | undefined;
  /** What is registered for the task. */
  readonly registered: readonly DiscoveryInstance[];
}

export interface RegistryDecision {
  /** As it is to be. */
  readonly put?: DiscoveryInstance;
  readonly remove: readonly DiscoveryInstance[];
  /** Why the task cannot be registered: told as an event of its service, and tried again later. */
  readonly problem?: string;
}

const nothing: RegistryDecision = { remove: [] };

/**
 * A task is registered from when it runs until it is to stop, whatever its containers do after that: nobody is to be
 * sent to it any longer. Source: "Service discovery" in the ECS developer guide.
 */
export function decideRegistration(view: RegistryView, now: Instant): RegistryDecision {
  const { task, registry, service, registered } = view;
  const serves = task !== undefined && task.desiredStatus === 'RUNNING' && task.lastStatus === 'RUNNING';
  if (!serves || registry === undefined) return registered.length === 0 ? nothing : { remove: registered };
  const id = shortId(task.taskArn);
  const current = registered.find(({ serviceId }) => serviceId === service?.serviceId);
  const others = registered.filter((instance) => instance !== current);
  if (service === undefined) {
    return { remove: others, problem: 'The Cloud Map service does not exist.' };
  }
  if (current === undefined && view.instances >= instancesPerService) {
    return {
      remove: others,
      problem: `The Cloud Map service has ${instancesPerService} instances, the most there may be.`,
    };
  }
  const attributes = attributesOf(view, task, registry);
  if (typeof attributes === 'string') return { remove: others, problem: attributes };
  const wanted: DiscoveryInstance = {
    accountId: task.accountId,
    region: task.region,
    serviceId: service.serviceId,
    instanceId: id,
    attributes,
    ...(service.customHealth === true ? { health: healthOf(task) } : {}),
    taskArn: task.taskArn,
    createdAt: current?.createdAt ?? now,
  };
  if (current !== undefined && isSame(current, wanted)) return others.length === 0 ? nothing : { remove: others };
  // What did not change stays the very same object: the revision of the service grows with the attributes alone.
  const sameAttributes = current !== undefined && sameMap(current.attributes, attributes);
  return { put: sameAttributes ? { ...wanted, attributes: current.attributes } : wanted, remove: others };
}

/** Unhealthy until its checks say that it is well; without checks a task that runs is well. */
function healthOf(task: Task): 'HEALTHY' | 'UNHEALTHY' {
  const own = ownContainers(task);
  const checked = own.some(({ essential, healthCheck }) => essential && healthCheck);
  return !checked || taskHealth(own) === 'HEALTHY' ? 'HEALTHY' : 'UNHEALTHY';
}

/** The attributes of the instance; a text that says what is missing. */
function attributesOf(
  view: RegistryView,
  task: Task,
  registry: ServiceRegistry,
): Readonly<Record<string, string>> | string {
  const { host, externalId, family, networkMode } = view;
  const address = networkMode === 'awsvpc' ? task.attachment?.privateIpv4Address : addressOf(host);
  if (address === undefined) return 'The task has no address.';
  const port = portOf(task, registry, networkMode);
  const wantsPort = registry.port !== undefined || registry.containerPort !== undefined;
  if (wantsPort && port === undefined) {
    return `The container ${registry.containerName} has no port ${registry.containerPort} on its host.`;
  }
  const ec2InstanceId = task.launchType === 'EC2' ? host?.ec2InstanceId : undefined;
  const serviceName = task.serviceArn === undefined ? undefined : shortId(task.serviceArn);
  const all: Readonly<Record<string, string | undefined>> = {
    [instanceAttributes.ipv4]: address,
    [instanceAttributes.port]: port === undefined ? undefined : String(port),
    AVAILABILITY_ZONE: task.availabilityZone,
    REGION: task.region,
    ECS_SERVICE_NAME: serviceName,
    ECS_CLUSTER_NAME: taskClusterName(task),
    ECS_TASK_DEFINITION_FAMILY: family,
    ECS_TASK_SET_EXTERNAL_ID: externalId,
    EC2_INSTANCE_ID: ec2InstanceId,
  };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** Where a host's ports are reached: by others as by its own tasks, if it has an address for that. */
export function addressOf(host: ContainerInstance | undefined): string | undefined {
  if (host === undefined) return undefined;
  return attributeValue(host, 'roadstead.underlay-address') || resolverAddress;
}

function portOf(task: Task, registry: ServiceRegistry, networkMode: NetworkMode): number | undefined {
  const { port, containerName, containerPort } = registry;
  if (port !== undefined) return port;
  if (containerPort === undefined || networkMode === 'awsvpc' || networkMode === 'host') return containerPort;
  const container = task.containers.find(({ name }) => name === containerName);
  return container?.networkBindings.find((binding) => binding.containerPort === containerPort)?.hostPort;
}

function isSame(a: DiscoveryInstance, b: DiscoveryInstance): boolean {
  return a.health === b.health && sameMap(a.attributes, b.attributes);
}

function sameMap(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
