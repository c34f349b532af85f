import { type NetworkInterface, type Task, taskStatusRank } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import type { RecordChange } from './replica.ts';

/** An address is one interface's, an interface one task's, from before its containers start until they are gone. */
export class Addresses implements Check {
  readonly #byAddress = new Map<string, string>();
  readonly #byTask = new Map<string, string>();

  check({ table, key, before, after }: RecordChange, context: CommitContext): void {
    if (table === 'networkInterfaces') this.#interface(key, before, after, context);
    if (table === 'tasks' && after !== undefined) this.#task(after as Task);
    if (table === 'tasks' && after === undefined && this.#byTask.has(key)) {
      throw new Violation('no address without a task', `${key} is deleted and leaves its interface`, [key]);
    }
  }

  #interface(
    key: string,
    before: NetworkInterface | undefined,
    after: NetworkInterface | undefined,
    { replica }: CommitContext,
  ): void {
    if (after === undefined && before !== undefined) {
      this.#byAddress.delete(before.privateIpv4Address);
      if (before.taskArn === undefined) return;
      this.#byTask.delete(before.taskArn);
      const task = replica.table('tasks').get(before.taskArn);
      if (task === undefined || taskStatusRank(task.lastStatus) >= taskStatusRank('DEPROVISIONING')) return;
      const message = `${before.privateIpv4Address} is taken from ${task.taskArn}, which is ${task.lastStatus}`;
      throw new Violation('an address is kept while its task lives', message, [task.taskArn]);
    }
    if (after === undefined) return;
    const other = this.#byAddress.get(after.privateIpv4Address);
    if (other !== undefined && other !== key) {
      const message = `${after.privateIpv4Address} is given to ${key} and to ${other}`;
      throw new Violation('no address given twice', message, [key, other, after.taskArn ?? '']);
    }
    this.#byAddress.set(after.privateIpv4Address, key);
    if (after.taskArn === undefined) return;
    const second = this.#byTask.get(after.taskArn);
    if (second !== undefined && second !== key) {
      throw new Violation('one interface for a task', `${after.taskArn} has ${key} and ${second}`, [after.taskArn]);
    }
    this.#byTask.set(after.taskArn, key);
  }

  #task(task: Task): void {
    const { attachment, taskArn } = task;
    if (attachment === undefined) return;
    const held = this.#byTask.has(taskArn);
    if (attachment.status === 'ATTACHED' && !held) {
      throw new Violation('an attached task has its interface', `${taskArn} says ATTACHED and has none`, [taskArn]);
    }
    if (task.lastStatus === 'STOPPED' && (held || attachment.status !== 'DELETED')) {
      throw new Violation('a stopped task holds no address', `${taskArn} is STOPPED and holds its interface`, [
        taskArn,
      ]);
    }
  }
}
