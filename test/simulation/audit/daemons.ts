import { holdsResources, type Task } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import type { RecordChange } from './replica.ts';

/** A daemon has one task on an instance at most, and stops last on one that is emptied. */
export class Daemons implements Check {
  readonly #byHost = new Map<string, Map<string, Task>>();

  keep({ table, key, before, after }: RecordChange): void {
    if (table !== 'tasks') return;
    const { hostArn } = (after ?? before) as Task;
    if (hostArn === undefined) return;
    const tasks = this.#byHost.get(hostArn) ?? new Map<string, Task>();
    this.#byHost.set(hostArn, tasks);
    if (after !== undefined && holdsResources(after as Task)) tasks.set(key, after as Task);
    else tasks.delete(key);
  }

  check({ table, key, before, after }: RecordChange, { replica, transaction }: CommitContext): void {
    if (table !== 'tasks' || after === undefined) return;
    const { serviceArn, hostArn, desiredStatus } = after as Task;
    const services = replica.table('services');
    const isDaemon = (arn: string | undefined): boolean => services.get(arn ?? '')?.schedulingStrategy === 'DAEMON';
    if (hostArn === undefined || serviceArn === undefined || !isDaemon(serviceArn)) return;
    const there = [...(this.#byHost.get(hostArn)?.values() ?? [])];
    if (before === undefined && there.filter((task) => task.serviceArn === serviceArn).length > 1) {
      throw new Violation('one daemon on an instance', `${serviceArn} has several tasks on ${hostArn}`, [key, hostArn]);
    }
    const stops = before?.desiredStatus === 'RUNNING' && desiredStatus === 'STOPPED';
    if (!stops || transaction.writer !== 'service' || services.get(serviceArn)?.status !== 'ACTIVE') return;
    if (replica.table('containerInstances').get(hostArn)?.status !== 'DRAINING') return;
    const other = there.find((task) => !isDaemon(task.serviceArn));
    if (other === undefined) return;
    const message = `${key} stops on ${hostArn}, where ${other.taskArn} still is`;
    throw new Violation('daemons stop last on an instance that drains', message, [key, hostArn]);
  }
}
