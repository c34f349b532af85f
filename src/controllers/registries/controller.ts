import { afterMs, type Clock, Ids, type Instant, type Random } from '#base';
import { discoveryInstanceKey, shortId, type Task } from '#model';
import type { RoadsteadStore, RoadsteadTx, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { tellService } from '../service-events.ts';
import { decideRegistration, type RegistryDecision, type RegistryView } from './decide.ts';
import { retryMs } from './limits.ts';
import { registryView } from './view.ts';

export interface RegistriesControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** Keeps an instance of Cloud Map for each task of services with a registry. Keys are task ARNs. */
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
      if (![...deployments, ...sets].some(({ serviceRegistries }) => serviceRegistries !== undefined)) continue;
      for (const { taskArn } of view.tasks.by('serviceOpen', serviceArn)) yield taskArn;
    }
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock } = this.#deps;
    // Most tasks have no registry: they cost a look, not a transaction.
    if (isNothing(decideRegistration(registryView(store.view, key), clock.now()))) return undefined;
    return await store.update('registries', (tx) => {
      const view = registryView(tx, key);
      const decision = decideRegistration(view, clock.now());
      apply(tx, decision);
      if (decision.problem === undefined) return undefined;
      tell(tx, view, decision.problem, { ids: this.#ids, now: clock.now() });
      return afterMs(clock.now(), retryMs);
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

function isNothing({ put, remove, problem }: RegistryDecision): boolean {
  return put === undefined && remove.length === 0 && problem === undefined;
}

function apply(tx: RoadsteadTx, { put, remove }: RegistryDecision): void {
  for (const { serviceId, instanceId } of remove) {
    tx.discoveryInstances.delete(discoveryInstanceKey(serviceId, instanceId));
    countRevision(tx, serviceId);
  }
  if (put === undefined) return;
  const before = tx.discoveryInstances.find(discoveryInstanceKey(put.serviceId, put.instanceId));
  tx.discoveryInstances.put(put);
  if (before?.attributes !== put.attributes) countRevision(tx, put.serviceId);
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
