import type { Clock, Instant } from '#base';
import type { ContainerInstance } from '#model';
import type { RoadsteadStore, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { decideInstance } from './decide.ts';
import { maxTasksPerRound } from './limits.ts';
import type { InstancesSettings } from './settings.ts';

export interface InstancesControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
}

/** Watches over hosts whose agent is away. Keys are container instance ARNs. */
export class InstancesController implements Controller {
  readonly name = 'instances';
  readonly lanes = 16;
  readonly #settings: InstancesSettings;
  readonly #deps: InstancesControllerDeps;

  constructor(settings: InstancesSettings, deps: InstancesControllerDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table === 'containerInstances') {
      if (change.after !== undefined && concernsPresence(change.before, change.after)) yield change.key;
    } else if (change.table === 'tasks') {
      // An interface is given as CONNECTED; on a host that is away just then it is not.
      const { before, after } = change;
      const attached = after?.attachment?.status === 'ATTACHED' && before?.attachment?.status !== 'ATTACHED';
      if (attached && after?.hostArn !== undefined) yield after.hostArn;
    }
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    for (const instance of view.containerInstances.all()) {
      if (instance.status !== 'INACTIVE') yield instance.containerInstanceArn;
    }
  }

  reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock } = this.#deps;
    return store.update('instances', (tx) => {
      const instance = tx.containerInstances.find(key);
      if (instance === undefined) return undefined;
      const decision = decideInstance(instance, tx.tasks.by('host', key), {
        now: clock.now(),
        lostAfterMs: this.#settings.lostAfterMs,
        maxTasks: maxTasksPerRound,
      });
      if (decision.instance !== instance) tx.containerInstances.put(decision.instance);
      for (const task of decision.tasks) tx.tasks.put(task);
      return decision.wakeAt;
    });
  }
}

function concernsPresence(before: ContainerInstance | undefined, after: ContainerInstance): boolean {
  return (
    before === undefined ||
    before.agentConnected !== after.agentConnected ||
    before.agentDisconnectedAt !== after.agentDisconnectedAt ||
    before.lostAt !== after.lostAt ||
    before.status !== after.status
  );
}
