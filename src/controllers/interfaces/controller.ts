import { type Clock, Ids, type Instant, type Random } from '#base';
import { attachInterface, releaseInterface, requestStop, scopeKey, type Task, taskStatusRank } from '#model';
import { type AddressRun, choosePublicAddress, type Hints, type PublicAddresses } from '#network';
import type { RoadsteadStore, RoadsteadTx, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { decideInterface, type InterfaceDecision, type InterfaceView } from './decide.ts';

export interface InterfacesControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Where addresses of the outside come from. */
  readonly publicAddresses: PublicAddresses;
}

/** Gives every awsvpc task its interface and takes it back. Keys are task ARNs. */
export class InterfacesController implements Controller {
  readonly name = 'interfaces';
  readonly lanes = 64;
  readonly #deps: InterfacesControllerDeps;
  readonly #ids: Ids;
  /** Where the search for a free address goes on, by subnet, and by subnet and host. Only hints: the records say what is free. */
  readonly #cursors = new Map<string, number>();
  readonly #runs = new Map<string, AddressRun>();

  constructor(deps: InterfacesControllerDeps) {
    this.#deps = deps;
    this.#ids = new Ids(deps.random);
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table === 'tasks' && (change.after === undefined || needsWork(change.after))) yield change.key;
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    for (const task of view.tasks.all()) if (needsWork(task)) yield task.taskArn;
    for (const { taskArn } of view.networkInterfaces.all()) {
      if (taskArn !== undefined && !view.tasks.has(taskArn)) yield taskArn;
    }
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
      publicAddress: () => choosePublicAddress(tx, this.#deps.publicAddresses),
      hints: (id) => ({ run: this.#runs.get(runKey(id, task)), cursor: this.#cursors.get(id) }),
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
        this.#remember(runKey(decision.eni.subnetId, task), decision.eni.subnetId, decision.hints);
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

  #remember(key: string, subnetId: string, { run, cursor }: Hints): void {
    if (cursor !== undefined) this.#cursors.set(subnetId, cursor);
    this.#runs.delete(key);
    if (run !== undefined) this.#runs.set(key, run);
    for (const oldest of this.#runs.keys()) {
      if (this.#runs.size <= mostRuns) break;
      this.#runs.delete(oldest);
    }
  }
}

/** Hosts and subnets remembered: those that got an address last. */
const mostRuns = 10_000;

function runKey(subnetId: string, task: Task | undefined): string {
  return `${subnetId} ${task?.hostArn ?? ''}`;
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
