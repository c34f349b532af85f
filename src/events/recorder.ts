import type { Clock, Ids } from '#base';
import {
  type ContainerInstance,
  type EcsEvent,
  type EcsEventFacts,
  parseEcsArn,
  type Scope,
  type Service,
  type ServiceDeployment,
  type Task,
  type TaskSet,
} from '#model';
import type { Change, InstanceLoads, RoadsteadSchema, RoadsteadTx } from '#store';
import type { ChangeOf } from './change.ts';
import { instanceEvents } from './of-instance.ts';
import { rebalancingEvents } from './of-rebalancing.ts';
import { serviceEvents } from './of-service.ts';
import { hookEvents } from './of-service-deployment.ts';
import { stoppedTasksEvents, taskEvent } from './of-task.ts';
import { taskSetEvents } from './of-task-set.ts';

/** Events kept unless an installation says otherwise. */
export const defaultEventsKept = 1_000;
/** Dropped together, so that not every transaction drops one. */
const droppedTogether = 128;

export interface EventRecorderDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Of the same store. */
  readonly loads: InstanceLoads;
}

/** Writes the events that follow from each transaction into that transaction. */
export class EventRecorder {
  readonly #kept: number;
  readonly #deps: EventRecorderDeps;

  /** `kept` is how many stay; with 0 nothing is written. */
  constructor(options: { readonly kept: number }, deps: EventRecorderDeps) {
    this.#kept = options.kept;
    this.#deps = deps;
  }

  /** The store's `consequences`. */
  readonly record = (tx: RoadsteadTx, changes: readonly Change<RoadsteadSchema>[]): void => {
    if (this.#kept === 0) return;
    const { clock, ids } = this.#deps;
    let time: EcsEvent['time'] | undefined;
    for (const facts of this.#factsOf(changes)) {
      time ??= clock.now();
      tx.events.put({ id: ids.uuid(), time, ...scopeOf(facts), ...facts });
    }
    if (time !== undefined) this.#dropOldest(tx);
  };

  *#factsOf(changes: readonly Change<RoadsteadSchema>[]): Iterable<EcsEventFacts> {
    const tasks: ChangeOf<Task>[] = [];
    for (const change of changes) {
      if (change.table === 'tasks') {
        const task = change as ChangeOf<Task>;
        tasks.push(task);
        const event = taskEvent(task);
        if (event !== undefined) yield event;
      } else if (change.table === 'containerInstances') {
        const { loads } = this.#deps;
        yield* instanceEvents(change as ChangeOf<ContainerInstance>, (instance) =>
          loads.of(instance.containerInstanceArn),
        );
      } else if (change.table === 'services') {
        yield* serviceEvents(change as ChangeOf<Service>);
        yield* rebalancingEvents(change as ChangeOf<Service>);
      } else if (change.table === 'taskSets') {
        yield* taskSetEvents(change as ChangeOf<TaskSet>);
      } else if (change.table === 'serviceDeployments') {
        yield* hookEvents(change as ChangeOf<ServiceDeployment>);
      }
    }
    yield* stoppedTasksEvents(tasks);
  }

  #dropOldest(tx: RoadsteadTx): void {
    if (tx.events.size < this.#kept + droppedTogether) return;
    const surplus = tx.events.size - this.#kept;
    const oldest = Iterator.from(tx.events.all()).take(surplus).toArray();
    for (const { id } of oldest) tx.events.delete(id);
  }
}

/** Whose event it is: the account and region of what it tells of. */
function scopeOf(facts: EcsEventFacts): Scope {
  if ('task' in facts) return { accountId: facts.task.accountId, region: facts.task.region };
  if ('instance' in facts) return { accountId: facts.instance.accountId, region: facts.instance.region };
  return parseEcsArn(facts.serviceArn)?.scope as Scope;
}
