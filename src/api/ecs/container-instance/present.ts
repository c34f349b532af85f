import type { ContainerInstance } from '#model';
import type { InstanceLoad } from '#store';
import { presentHealth } from './health.ts';
import { presentRegistered, presentRemaining } from './resources.ts';

export type ContainerInstanceInclude = 'TAGS' | 'CONTAINER_INSTANCE_HEALTH';

/**
 * A container instance as the API shows it, with what its tasks take of it now. Without `TAGS` the list of tags is
 * there and empty; health is there only when asked for. Source: "ContainerInstance" in the API reference.
 */
export function presentContainerInstance(
  instance: ContainerInstance,
  load: InstanceLoad,
  include: ReadonlySet<ContainerInstanceInclude>,
) {
  return {
    containerInstanceArn: instance.containerInstanceArn,
    ec2InstanceId: instance.ec2InstanceId,
    ...(instance.capacityProviderName === undefined ? {} : { capacityProviderName: instance.capacityProviderName }),
    version: instance.version,
    versionInfo: { ...instance.versionInfo },
    remainingResources: presentRemaining(instance.resources, load),
    registeredResources: presentRegistered(instance.resources),
    status: instance.status,
    ...(instance.statusReason === undefined ? {} : { statusReason: instance.statusReason }),
    agentConnected: instance.agentConnected,
    runningTasksCount: load.runningTasks,
    pendingTasksCount: load.pendingTasks,
    attributes: [...instance.attributes],
    registeredAt: instance.registeredAt,
    attachments: [],
    tags: include.has('TAGS') ? [...instance.tags] : [],
    ...(include.has('CONTAINER_INSTANCE_HEALTH') ? { healthStatus: presentHealth(instance) } : {}),
  };
}
