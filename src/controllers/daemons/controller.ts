import { type Clock, Ids, type Instant, type Random } from '#base';
import { type ClusterArn, type ContainerInstance, type DaemonArn, isDaemonDeploymentOver, requestStop } from '#model';
import type { HostIndex } from '#scheduler';
import type { RoadsteadStore, RoadsteadTx, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { decideDaemon } from './decide.ts';
import type { DaemonContext, DaemonDecision } from './decision.ts';
import { daemonView } from './view.ts';

export interface DaemonsControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly hosts: HostIndex;
  readonly alarms: { find: DaemonContext['alarm'] };
}

/** Keeps a task of each daemon on each instance of its capacity providers. Keys are daemon ARNs. */
export class DaemonsController implements Controller {
  readonly name = 'daemons';
  readonly lanes = 16;
  readonly #settings: { readonly healthySettleMs: number };
  readonly #deps: DaemonsControllerDeps;
  readonly #ids: Ids;

  constructor(settings: { readonly healthySettleMs: number }, deps: DaemonsControllerDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#ids = new Ids(deps.random);
  }

  *keysOf(change: RecordChange): Iterable<string> {
    const { view } = this.#deps.store;
    if (change.table === 'daemonDeployments') {
      if (change.after !== undefined && !isDaemonDeploymentOver(change.after)) yield change.after.daemonArn;
    } else if (change.table === 'tasks') {
      const task = change.after ?? change.before;
      if (task?.daemonArn !== undefined) yield task.daemonArn;
      else if (task?.hostArn !== undefined && leavesHost(change.before?.lastStatus, change.after?.lastStatus)) {
        // On an instance that drains, daemons stop when everything else is gone.
        const instance = view.containerInstances.find(task.hostArn);
        if (instance?.status === 'DRAINING') yield* daemonsOf(view, task.clusterArn);
      }
    } else if (change.table === 'containerInstances') {
      const instance = change.after ?? change.before;
      if (instance !== undefined && concernsDaemons(change.before, change.after)) {
        yield* daemonsOf(view, instance.clusterArn);
      }
    }
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    for (const { daemonArn } of view.daemons.all()) yield daemonArn;
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock, random, hosts, alarms } = this.#deps;
    return await store.update('daemons', (tx) => {
      const view = daemonView(tx, key as DaemonArn, hosts);
      if (view === undefined) return undefined;
      const now = clock.now();
      const { healthySettleMs: settleMs } = this.#settings;
      const alarm: DaemonContext['alarm'] = (scope, name) => alarms.find(scope, name);
      const decision = decideDaemon(view, { now, random, ids: this.#ids, settleMs, alarm });
      applyDaemonDecision(tx, view.daemon.daemonArn, decision, now);
      return decision.wakeAt;
    });
  }
}

/** Writes a decision. */
export function applyDaemonDecision(
  tx: RoadsteadTx,
  daemonArn: DaemonArn,
  { daemon, deployment, counted, stops, starts, instances }: DaemonDecision,
  now: Instant,
): void {
  for (const task of counted) tx.tasks.put({ ...task, countedAt: now });
  for (const { task, reason } of stops) {
    tx.tasks.put({
      ...requestStop(task, { stopCode: 'ServiceSchedulerInitiated', reason, at: now }),
      countedAt: now,
    });
  }
  for (const task of starts) tx.tasks.put(task);
  for (const instance of instances) tx.containerInstances.put(instance);
  if (deployment !== undefined) tx.daemonDeployments.put(deployment);
  if (daemon === undefined) tx.daemons.delete(daemonArn);
  else tx.daemons.put(daemon);
}

function* daemonsOf(view: RoadsteadView, clusterArn: ClusterArn): Iterable<string> {
  for (const { daemonArn } of view.daemons.by('cluster', clusterArn)) yield daemonArn;
}

function leavesHost(before: string | undefined, after: string | undefined): boolean {
  return before !== 'STOPPED' && (after === undefined || after === 'STOPPED');
}

function concernsDaemons(before: ContainerInstance | undefined, after: ContainerInstance | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  return (
    before.status !== after.status ||
    before.lostAt !== after.lostAt ||
    before.agentConnected !== after.agentConnected ||
    before.capacityProviderName !== after.capacityProviderName ||
    before.resources !== after.resources
  );
}
