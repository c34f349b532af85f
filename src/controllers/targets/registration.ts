import type { NewTarget } from '#balancing';
import type { ContainerInstance, Task, TaskTargetGroup } from '#model';

/** A target that a task shall be, or why it cannot be one. */
export type WantedTarget =
  | { readonly group: TaskTargetGroup; readonly target: NewTarget }
  | { readonly group: TaskTargetGroup; readonly problem: string };

/**
 * The targets of a task whose containers are up: its own address in groups of addresses, the host port of the container
 * in groups of instances.
 */
export function targetsOf(
  task: Task,
  typeOf: (targetGroupArn: string) => 'ip' | 'instance' | undefined,
  host: Pick<ContainerInstance, 'ec2InstanceId'> | undefined,
): readonly WantedTarget[] {
  const { taskArn, serviceArn } = task;
  const owner = { taskArn, ...(serviceArn === undefined ? {} : { serviceArn }) };
  return (task.targetGroups ?? []).map((group): WantedTarget => {
    const type = typeOf(group.targetGroupArn);
    if (type === undefined) return { group, problem: 'One or more target groups not found' };
    const id = type === 'ip' ? task.attachment?.privateIpv4Address : host?.ec2InstanceId;
    const port = type === 'ip' ? group.containerPort : hostPortOf(task, group);
    if (id === undefined) return { group, problem: `the task has no ${type === 'ip' ? 'address' : 'instance'}` };
    if (port === undefined) return { group, problem: `container port ${group.containerPort} has no host port` };
    const zone =
      type === 'ip' && task.availabilityZone !== undefined ? { availabilityZone: task.availabilityZone } : {};
    return { group, target: { id, port, ...zone, ...owner } };
  });
}

function hostPortOf(task: Task, { containerName, containerPort }: TaskTargetGroup): number | undefined {
  const container = task.containers.find(({ name }) => name === containerName);
  return container?.networkBindings.find((binding) => binding.containerPort === containerPort)?.hostPort;
}

/** How many of each text, in the order in which they were first met. */
export function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
