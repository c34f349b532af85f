import { afterMs, type Clock, type Instant, type Logger } from '#base';
import { type AutoScalingGroups, clustersOf, type GroupRef, providerOf } from '#capacity';
import { type CapacityProvider, type Cluster, waitingPlace } from '#model';
import type { RoadsteadStore, RoadsteadTx, RoadsteadView, WaitingTasks } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { scalingLookMs } from './limits.ts';
import { decideScaling, freshMemory, type ScalingDecision, type ScalingMemory, type ScalingView } from './scaling.ts';
import { scalingView } from './scaling-view.ts';

export interface ScalingControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly groups: AutoScalingGroups;
  readonly waiting: WaitingTasks;
  readonly logger: Logger;
}

/** When a provider was looked at last, and what is remembered of it. Forgotten by a restart, which only delays. */
interface Look {
  readonly at: Instant;
  readonly memory: ScalingMemory;
}

/** Says once a minute how many instances each provider with managed scaling needs. Keys are `clusterArn/provider`. */
export class ScalingController implements Controller {
  readonly name = 'scaling';
  readonly lanes = 4;
  readonly #deps: ScalingControllerDeps;
  readonly #looks = new Map<string, Look>();

  constructor(deps: ScalingControllerDeps) {
    this.#deps = deps;
  }

  *keysOf(change: RecordChange): Iterable<string> {
    const { view } = this.#deps.store;
    if (change.table === 'clusters' && change.before?.capacityProviders !== change.after?.capacityProviders) {
      if (change.after !== undefined) yield* keysOfCluster(view, change.after);
    } else if (change.table === 'capacityProviders' && change.after !== undefined) {
      for (const cluster of clustersOf(view, change.after)) yield keyOf(cluster, change.after);
    }
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    for (const cluster of view.clusters.all()) yield* keysOfCluster(view, cluster);
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock } = this.#deps;
    return await store.update('capacity', (tx) => {
      const now = clock.now();
      const cluster = tx.clusters.find(key.slice(0, key.lastIndexOf('/')));
      const name = key.slice(key.lastIndexOf('/') + 1);
      const isOurs = cluster?.status === 'ACTIVE' && cluster.capacityProviders?.includes(name) === true;
      const provider = isOurs ? providerOf(tx, cluster, name) : undefined;
      const settings = provider?.autoScalingGroupProvider;
      if (cluster === undefined || provider === undefined || settings?.managedScaling.status !== 'ENABLED') {
        this.#looks.delete(key);
        return undefined;
      }
      const last = this.#looks.get(key);
      if (last !== undefined && afterMs(last.at, scalingLookMs) > now) return afterMs(last.at, scalingLookMs);
      const view = scalingView(tx, cluster, provider, settings, this.#deps);
      const decision = decideScaling(view, last?.memory ?? freshMemory, now);
      this.#looks.set(key, { at: now, memory: decision.memory });
      this.#apply(tx, { scope: provider, name: settings.autoScalingGroupName }, view, decision);
      this.#tell(tx, cluster, provider.name, decision);
      return afterMs(now, scalingLookMs);
    });
  }

  #apply(tx: RoadsteadTx, group: GroupRef, view: ScalingView, decision: ScalingDecision): void {
    const { groups } = this.#deps;
    if (decision.desiredCapacity !== view.group.desiredCapacity) {
      groups.setDesiredCapacity(tx, group, decision.desiredCapacity);
    }
    if (decision.protect.length > 0) groups.setProtection(tx, group, decision.protect, true);
    if (decision.release.length > 0) groups.setProtection(tx, group, decision.release, false);
    for (const arn of decision.drain) {
      const instance = tx.containerInstances.get(arn);
      if (instance.status === 'ACTIVE') {
        tx.containerInstances.put({ ...instance, status: 'DRAINING', version: instance.version + 1 });
      }
    }
    if (decision.letGo.length > 0) groups.letGo(tx, group, decision.letGo);
  }

  /** Shows the number where clients find it, and says it once when it changes. */
  #tell(tx: RoadsteadTx, cluster: Cluster, name: string, decision: ScalingDecision): void {
    const { desiredCapacity, reservation } = decision;
    const isPolicy = (each: NonNullable<Cluster['attachments']>[number]): boolean =>
      each.type === 'as_policy' && each.capacityProviderName === name;
    const policy = cluster.attachments?.find(isPolicy);
    if (policy === undefined || policy.desiredCapacity === desiredCapacity) return;
    const attachments =
      cluster.attachments?.map((each) => (isPolicy(each) ? { ...each, desiredCapacity } : each)) ?? [];
    tx.clusters.put({ ...cluster, attachments });
    this.#deps.logger.info('managed scaling wants another number of instances', {
      cluster: cluster.clusterName,
      capacityProvider: name,
      instances: reservation.instances,
      desiredCapacity,
      reservation: Math.round(reservation.percent),
    });
  }
}

function keyOf(cluster: Cluster, provider: Pick<CapacityProvider, 'name'>): string {
  return waitingPlace({ clusterArn: cluster.clusterArn, capacityProviderName: provider.name });
}

function* keysOfCluster(view: RoadsteadView, cluster: Cluster): Iterable<string> {
  for (const name of cluster.capacityProviders ?? []) {
    const provider = providerOf(view, cluster, name);
    if (provider?.autoScalingGroupProvider !== undefined) yield keyOf(cluster, provider);
  }
}
