import { type DiscoveryInstance, instanceAttributes, type NetworkInterface, type Task } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import type { RecordChange, Replica } from './replica.ts';

/** Names lead to tasks that run, at their own addresses, and whoever asks for what changed learns of each change. */
export class Names implements Check {
  #counted = new Set<string>();

  check({ table, before, after }: RecordChange, { replica, transaction }: CommitContext): void {
    if (table !== 'discoveryInstances') return;
    const instance = (after ?? before) as DiscoveryInstance;
    const { serviceId, taskArn = '' } = instance;
    const about = [taskArn, serviceId];
    if (after !== undefined) {
      const task = replica.table('tasks').get(taskArn);
      const own = addressOf(replica, taskArn);
      if (before === undefined && !serves(task)) {
        const state = task === undefined ? 'is gone' : `is ${task.lastStatus}, wanted ${task.desiredStatus}`;
        throw new Violation('only tasks that serve get a name', `${taskArn} is registered and ${state}`, about);
      }
      const said = instance.attributes[instanceAttributes.ipv4];
      if (own !== undefined && said !== own) {
        throw new Violation('a name leads to its task', `${taskArn} has ${own} and is registered at ${said}`, about);
      }
    }
    if (before !== undefined && after !== undefined && before.attributes === after.attributes) return;
    this.#counted.add(`${transaction.revision} ${serviceId}`);
  }

  checkAll({ transaction, replica }: CommitContext): void {
    for (const each of this.#counted) {
      const serviceId = each.slice(each.indexOf(' ') + 1);
      const grew = transaction.changes.some(({ table, key, before, after }) => {
        return table === 'discoveryServices' && key === serviceId && after.instancesRevision > before.instancesRevision;
      });
      if (grew || replica.table('discoveryServices').get(serviceId) === undefined) continue;
      throw new Violation('a change of instances is counted', `${serviceId} changed, its revision did not`, [
        serviceId,
      ]);
    }
    this.#counted = new Set();
  }
}

function serves(task: Task | undefined): boolean {
  return task?.desiredStatus === 'RUNNING' && task.lastStatus === 'RUNNING';
}

function addressOf(replica: Replica, taskArn: string): string | undefined {
  for (const eni of replica.table('networkInterfaces').values() as Iterable<NetworkInterface>) {
    if (eni.taskArn === taskArn) return eni.privateIpv4Address;
  }
  return undefined;
}

/** Tasks whose name is not as their state asks for, and why. */
export function misnamed(replica: Replica): { readonly taskArn: string; readonly why: string }[] {
  const wrong: { readonly taskArn: string; readonly why: string }[] = [];
  const named = new Set<string>();
  const tasks = replica.table('tasks');
  for (const instance of replica.table<string>('discoveryInstances').values() as Iterable<DiscoveryInstance>) {
    const { taskArn = '', serviceId } = instance;
    named.add(taskArn);
    if (!serves(tasks.get(taskArn))) wrong.push({ taskArn, why: `is in ${serviceId} and does not serve` });
  }
  const discovered = new Set<string>();
  for (const { deployments } of replica.table('services').values()) {
    for (const { id, serviceRegistries } of deployments) if (serviceRegistries !== undefined) discovered.add(id);
  }
  for (const task of tasks.values()) {
    const { taskArn, deploymentId = '' } = task;
    if (serves(task) && discovered.has(deploymentId) && !named.has(taskArn))
      wrong.push({ taskArn, why: 'serves and has no name' });
  }
  return wrong;
}
