import { afterMs, type Clock, earliest, Ids, type Instant, type Random } from '#base';
import { type DeploymentSettings, type DiscoveryInstance, discoveryInstanceKey, shortId, type Task } from '#model';
import type { RoadsteadStore, RoadsteadTx, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { tellService } from '../service-events.ts';
import { decideConnect } from './connect.ts';
import { decideRegistration, type RegistryDecision, type RegistryView } from './decide.ts';
import { retryMs } from './limits.ts';
import { connectView, registryView } from './view.ts';

export interface RegistriesControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** Keeps instances of Cloud Map for tasks of services with a registry or with endpoints of Service Connect. Keys are task ARNs. */
export class RegistriesController implements Controller {
  readonly name = 'registries';
  readonly lanes = 32;
  readonly #deps: RegistriesControllerDeps;
  readonly #ids: Ids;

  constructor(deps: RegistriesControllerDeps) {
    this.#deps = deps;
    this.#ids = new Ids(deps.random);
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table !== 'tasks') return;
    const { before, after } = change;
    if ((after ?? before)?.serviceArn === undefined) return;
    if (after === undefined || concernsRegistration(before, after)) yield change.key;
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    yield* view.discoveryInstances.values('task');
    for (const { serviceArn, deployments } of view.services.all()) {
      const sets = [...view.taskSets.by('service', serviceArn)];
      if (![...deployments, ...sets].some(registers)) continue;
      for (const { taskArn } of view.tasks.by('serviceOpen', serviceArn)) yield taskArn;
    }
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock } = this.#deps;
    // Most tasks have no registry: they cost a look, not a transaction.
    const now = clock.now();
    const connect = decideConnect(connectView(store.view, key), now);
    const quiet = connect.put.length + connect.remove.length === 0;
    if (quiet && isNothing(decideRegistration(registryView(store.view, key), now))) return connect.wakeAt;
    return await store.update('registries', (tx) => {
      const { put, remove, wakeAt } = decideConnect(connectView(tx, key), now);
      apply(tx, { put, remove });
      const view = registryView(tx, key);
      const decision = decideRegistration(view, now);
      apply(tx, { put: decision.put === undefined ? [] : [decision.put], remove: decision.remove });
      if (decision.problem === undefined) return wakeAt;
      tell(tx, view, decision.problem, { ids: this.#ids, now });
      return earliest(wakeAt, afterMs(now, retryMs));
    });
  }
}

function concernsRegistration(before: Task | undefined, after: Task): boolean {
  return (
    before?.lastStatus !== after.lastStatus ||
    before.desiredStatus !== after.desiredStatus ||
    before.healthStatus !== after.healthStatus ||
    (after.lastStatus === 'RUNNING' && before.containers !== after.containers)
  );
}

function registers({ serviceRegistries, serviceConnectConfiguration }: Partial<DeploymentSettings>): boolean {
  return serviceRegistries !== undefined || serviceConnectConfiguration?.enabled === true;
}

function isNothing({ put, remove, problem }: RegistryDecision): boolean {
  return put === undefined && remove.length === 0 && problem === undefined;
}

function apply(
  tx: RoadsteadTx,
  { put, remove }: { readonly put: readonly DiscoveryInstance[]; readonly remove: readonly DiscoveryInstance[] },
): void {
  for (const { serviceId, instanceId } of remove) {
    tx.discoveryInstances.delete(discoveryInstanceKey(serviceId, instanceId));
    countRevision(tx, serviceId);
  }
  for (const instance of put) {
    const before = tx.discoveryInstances.find(discoveryInstanceKey(instance.serviceId, instance.instanceId));
    tx.discoveryInstances.put(instance);
    if (before?.attributes !== instance.attributes) countRevision(tx, instance.serviceId);
  }
}

function countRevision(tx: RoadsteadTx, serviceId: string): void {
  const service = tx.discoveryServices.find(serviceId);
  if (service !== undefined) {
    tx.discoveryServices.put({ ...service, instancesRevision: service.instancesRevision + 1 });
  }
}

/** Says once what keeps a task from being registered. */
function tell(
  tx: RoadsteadTx,
  { task, registry }: RegistryView,
  problem: string,
  context: { readonly ids: Ids; readonly now: Instant },
): void {
  if (task?.serviceArn === undefined || registry === undefined) return;
  const { serviceArn } = task;
  const message =
    `(service ${shortId(serviceArn)}) was unable to register (instance ${shortId(task.taskArn)}) in ` +
    `(service-registry ${registry.registryArn}) due to (reason ${problem})`;
  for (const event of tx.serviceEvents.by('service', serviceArn)) if (event.message === message) return;
  tellService(tx, { ...task, serviceArn }, [message], context);
}
