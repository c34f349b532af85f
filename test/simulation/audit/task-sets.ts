import { isRunning, type Service, type Task, type TaskSet } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import type { RecordChange, Replica } from './replica.ts';

/**
 * Services with task sets: none starts more than its sets' shares, tasks are of sets that are there, one set is PRIMARY,
 * and a set that says it is steady has what it is to have.
 */
export class TaskSets implements Check {
  /** Tasks that are not STOPPED, by the set they are of. */
  readonly #tasks = new Map<string, Map<string, Task>>();

  keep({ table, key, before, after }: RecordChange): void {
    if (table !== 'tasks') return;
    const task = (after ?? before) as Task;
    if (task.deploymentId === undefined) return;
    const own = this.#tasks.get(task.deploymentId) ?? new Map<string, Task>();
    if (after === undefined || task.lastStatus === 'STOPPED') own.delete(key);
    else own.set(key, task);
    if (own.size === 0) this.#tasks.delete(task.deploymentId);
    else this.#tasks.set(task.deploymentId, own);
  }

  check({ table, before, after }: RecordChange, context: CommitContext): void {
    if (table === 'taskSets') this.#checkSet(before, after, context);
    if (table === 'tasks' && before === undefined && after !== undefined) this.#checkStart(after as Task, context);
  }

  #checkSet(before: TaskSet | undefined, after: TaskSet | undefined, context: CommitContext): void {
    if (after === undefined) return this.#checkGone(before as TaskSet, context);
    const { taskSetArn: arn, serviceArn } = after;
    if (before?.status === 'DRAINING' && after.status !== 'DRAINING') {
      throw new Violation('statuses only move forward', `${arn} is ${after.status} again`, [arn, serviceArn]);
    }
    if (after.status === 'PRIMARY') checkPrimary(after, context);
    if (context.transaction.writer !== 'service') return;
    const share = shareOf(after, context.replica);
    if (after.computedDesiredCount !== share) {
      const message = `${arn} is to have ${after.computedDesiredCount} where ${after.scalePercent} % are ${share}`;
      throw new Violation('a task set has its share', message, [arn, serviceArn]);
    }
    if (after.stabilityStatus !== 'STEADY_STATE' || before?.stabilityStatus === 'STEADY_STATE') return;
    const running = this.#present(after, context.replica).filter(isRunning).length;
    if (running === share) return;
    throw new Violation('a steady task set is whole', `${arn} has ${running} of ${share} RUNNING`, [arn, serviceArn]);
  }

  #checkGone({ taskSetArn: arn, id, serviceArn }: TaskSet, { transaction, replica }: CommitContext): void {
    const service = replica.table('services').get(serviceArn);
    // ECS deploys the service from now on: the set is a deployment.
    if (service?.deployments.some((deployment) => deployment.id === id) === true) return;
    if (transaction.writer === 'api' && service?.status !== 'INACTIVE') {
      throw new Violation('nothing acknowledged is lost', `${arn} is gone before its tasks are`, [arn]);
    }
    for (const task of this.#tasks.get(id)?.values() ?? []) {
      if (task.desiredStatus === 'STOPPED') continue;
      throw new Violation('no task without an owner', `${arn} is gone and leaves ${task.taskArn}`, [arn, task.taskArn]);
    }
  }

  #checkStart({ taskArn, serviceArn, deploymentId }: Task, { replica }: CommitContext): void {
    const service = replica.table('services').get(serviceArn ?? '');
    if (service?.deploymentController === undefined) return;
    const about = [taskArn, service.serviceArn];
    const taskSet = setsOf(service, replica).find(({ id }) => id === deploymentId);
    if (taskSet === undefined || taskSet.status === 'DRAINING') {
      const message = `${taskArn} is made for ${deploymentId}, which is ${taskSet?.status ?? 'not there'}`;
      throw new Violation('no task without an owner', message, about);
    }
    const share = shareOf(taskSet, replica);
    const hosts = replica.table('containerInstances');
    const present = this.#present(taskSet, replica);
    // Tasks that are to be replaced may have their stand-ins beside them.
    const good = present.filter(
      ({ healthStatus, hostArn }) => healthStatus !== 'UNHEALTHY' && hosts.get(hostArn ?? '')?.status === 'ACTIVE',
    );
    const upper = Math.max(share, Math.floor((share * service.deploymentConfiguration.maximumPercent) / 100));
    if (good.length <= share && present.length <= upper) return;
    const message = `${taskSet.taskSetArn} starts a task and has ${good.length} good of ${present.length}, its share is ${share}`;
    throw new Violation('no start above the share', message, about);
  }

  /** Wanted tasks whose host is there. */
  #present({ id }: TaskSet, replica: Replica): Task[] {
    const hosts = replica.table('containerInstances');
    return [...(this.#tasks.get(id)?.values() ?? [])].filter((task) => {
      const host = hosts.get(task.hostArn ?? '');
      return task.desiredStatus === 'RUNNING' && host !== undefined && host.lostAt === undefined;
    });
  }
}

/** The sets of a service, as far as they are durable. */
export function setsOf({ serviceArn }: Pick<Service, 'serviceArn'>, replica: Replica): TaskSet[] {
  const sets: TaskSet[] = [];
  for (const taskSet of replica.table('taskSets').values()) {
    if (taskSet.serviceArn === serviceArn) sets.push(taskSet);
  }
  return sets;
}

/** Its part of the service's count, rounded up: in whole tenths of a percent, which is as fine as users here go. */
function shareOf({ serviceArn, scalePercent, status }: TaskSet, replica: Replica): number {
  const service = replica.table('services').get(serviceArn);
  if (service?.status !== 'ACTIVE' || status === 'DRAINING') return 0;
  const tenths = Math.round(scalePercent * 10);
  let share = 0;
  while (share * 1000 < service.desiredCount * tenths) share++;
  return share;
}

function checkPrimary({ serviceArn }: TaskSet, { replica }: CommitContext): void {
  const primary = setsOf({ serviceArn }, replica).filter(({ status }) => status === 'PRIMARY');
  if (primary.length <= 1) return;
  throw new Violation('one task set is PRIMARY', `${serviceArn} has ${primary.length}`, [serviceArn]);
}
