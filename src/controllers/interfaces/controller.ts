import { type Clock, Ids, type Instant, type Random } from '#base';
import { attachInterface, releaseInterface, requestStop, scopeKey, type Task, taskStatusRank } from '#model';
import type { RoadsteadStore, RoadsteadTx, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { decideInterface, type InterfaceDecision, type InterfaceView } from './decide.ts';

export interface InterfacesControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** Gives every awsvpc task its interface and takes it back. Keys are task ARNs. */
export class InterfacesController implements Controller {
  readonly name = 'interfaces';
  readonly lanes = 64;
  readonly #deps: InterfacesControllerDeps;
  readonly #ids: Ids;
  /** Where the search for a free address goes on, by subnet. Only a hint: the records say what is free. */
  readonly #cursors = new Map<string, number>();

  constructor(deps: InterfacesControllerDeps) {
    this.#deps = deps;
    this.#ids = new Ids(deps.random);
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table === 'tasks' && (change.after === undefined || needsWork(change.after))) yield change.key;
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    for (const task of view.tasks.all()) if (needsWork(task)) yield task.taskArn;
    for (const eni of view.networkInterfaces.all()) if (!view.tasks.has(eni.taskArn)) yield eni.taskArn;
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock } = this.#deps;
    await store.update('interfaces', (tx) => {
      const view = this.#view(tx, key);
      const decision = decideInterface(view, this.#ids);
      this.#apply(tx, view, decision, clock.now());
    });
    return undefined;
  }

  #view(tx: RoadsteadTx, taskArn: string): InterfaceView {
    const task = tx.tasks.find(taskArn);
    return {
      task,
      interfaces: [...tx.networkInterfaces.by('task', taskArn)],
      subnet: (id) => (task === undefined ? undefined : tx.subnets.find(`${scopeKey(task)}/${id}`)),
      interfacesIn: (id) => tx.networkInterfaces.count('subnet', id),
      isAddressUsed: (address) => tx.networkInterfaces.count('address', address) > 0,
      defaultSecurityGroup: (vpcId) =>
        [...tx.securityGroups.by('vpc', vpcId)].find(({ groupName }) => groupName === 'default'),
      cursor: (id) => this.#cursors.get(id),
    };
  }

  #apply(tx: RoadsteadTx, view: InterfaceView, decision: InterfaceDecision, now: Instant): void {
    const { task } = view;
    switch (decision.do) {
      case 'nothing':
        return;
      case 'attach':
        if (task === undefined) return;
        tx.networkInterfaces.put(decision.eni);
        tx.tasks.put(attachInterface(inZone(task, decision.availabilityZone), decision.eni, now));
        this.#cursors.set(decision.eni.subnetId, decision.cursor);
        return;
      case 'fail':
        if (task === undefined) return;
        tx.tasks.put(requestStop(task, { stopCode: 'TaskFailedToStart', reason: decision.reason, at: now }));
        return;
      case 'release':
        for (const eni of view.interfaces) tx.networkInterfaces.delete(eni.networkInterfaceId);
        if (task !== undefined) tx.tasks.put(releaseInterface(task, now));
    }
  }
}

/** A Fargate task is in the zone of its subnet. */
function inZone(task: Task, availabilityZone: string): Task {
  return task.availabilityZone === availabilityZone ? task : { ...task, availabilityZone };
}

function needsWork(task: Task): boolean {
  if (task.attachment === undefined || task.attachment.status === 'DELETED') return false;
  if (taskStatusRank(task.lastStatus) >= taskStatusRank('DEPROVISIONING')) return true;
  return task.attachment.status === 'PRECREATED' && task.desiredStatus === 'RUNNING' && task.hostArn !== undefined;
}
