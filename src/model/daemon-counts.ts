import type { ContainerInstance } from './container-instance.ts';
import type { DaemonGoal, DaemonProviderCounts } from './daemon.ts';
import type { Task } from './task.ts';

/**
 * How the instances of a goal's providers stand to its revision: those where a task of it runs, those where none runs
 * or starts that is not on its way out, and those where one is on its way out.
 */
export function daemonCounts(
  goal: DaemonGoal,
  instances: readonly Pick<ContainerInstance, 'containerInstanceArn' | 'capacityProviderName' | 'status'>[],
  tasks: readonly Task[],
): readonly DaemonProviderCounts[] {
  const own = new Map<string, Task>();
  for (const task of tasks) {
    const isOwn = task.daemonRevisionArn === goal.daemonRevisionArn && task.lastStatus !== 'STOPPED';
    if (isOwn && task.hostArn !== undefined) own.set(task.hostArn, task);
  }
  return goal.capacityProviders.map((capacityProvider) => {
    const here = instances.filter((each) => each.capacityProviderName === capacityProvider && each.status === 'ACTIVE');
    const count = (isSo: (task: Task | undefined) => boolean): number =>
      here.filter(({ containerInstanceArn }) => isSo(own.get(containerInstanceArn))).length;
    const running = count((task) => task?.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING');
    const draining = count((task) => task?.desiredStatus === 'STOPPED');
    return { capacityProvider, running, draining, without: here.length - running };
  });
}
