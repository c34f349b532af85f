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
    ...statusReasonOf(instance),
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

/** An ACTIVE instance that takes no tasks yet says why. */
function statusReasonOf({ status, statusReason, awaitsDaemons }: ContainerInstance): { statusReason?: string } {
  if (status === 'ACTIVE' && awaitsDaemons !== undefined) {
    return {
      statusReason: `No task of the critical daemon ${awaitsDaemons.join(', ')} runs there: no other task is placed.`,
    };
  }
  return statusReason === undefined ? {} : { statusReason };
}
