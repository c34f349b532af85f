import type { Clock, Ids } from '#base';
import {
  type ContainerInstance,
  type ContainerInstanceArn,
  type Daemon,
  type DaemonDeployment,
  type EcsEvent,
  type EcsEventFacts,
  holdsResources,
  parseEcsArn,
  type Scope,
  type Service,
  type ServiceDeployment,
  type Task,
  type TaskSet,
} from '#model';
import type { Change, InstanceLoads, RoadsteadSchema, RoadsteadTx } from '#store';
import type { ChangeOf } from './change.ts';
import { daemonDeploymentEvents, daemonEvents } from './of-daemon.ts';
import { instanceEvents, taskMovedEvent } from './of-instance.ts';
import { rebalancingEvents } from './of-rebalancing.ts';
import { serviceEvents } from './of-service.ts';
import { hookEvents } from './of-service-deployment.ts';
import { stoppedTasksEvents, taskEvents } from './of-task.ts';
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
    const put = (facts: EcsEventFacts): void => {
      time ??= clock.now();
      tx.events.put({ id: ids.uuid(), time, ...scopeOf(facts), ...facts });
    };
    for (const facts of this.#factsOf(tx, changes)) put(facts);
    for (const instance of changedByTasks(tx, changes)) {
      const told = { ...instance, version: instance.version + 1 };
      tx.containerInstances.put(told);
      put(taskMovedEvent(told, this.#deps.loads.of(told.containerInstanceArn)));
    }
    if (time !== undefined) this.#dropOldest(tx);
  };

  *#factsOf(tx: RoadsteadTx, changes: readonly Change<RoadsteadSchema>[]): Iterable<EcsEventFacts> {
    const tasks: ChangeOf<Task>[] = [];
    for (const change of changes) {
      if (change.table === 'tasks') {
        const task = change as ChangeOf<Task>;
        tasks.push(task);
        yield* taskEvents(task);
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
      } else if (change.table === 'daemons') {
        yield* daemonEvents(
          change as ChangeOf<Daemon>,
          ({ goal }) => tx.daemonRevisions.get(goal.daemonRevisionArn).daemonTaskDefinitionArn,
        );
      } else if (change.table === 'daemonDeployments') {
        yield* daemonDeploymentEvents(change as ChangeOf<DaemonDeployment>);
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

/**
 * The instances to which a task came, or from which one went, and of which nothing is told yet in this transaction.
 * Nothing is told of an instance that was deregistered.
 */
function changedByTasks(tx: RoadsteadTx, changes: readonly Change<RoadsteadSchema>[]): readonly ContainerInstance[] {
  const arns = new Set<ContainerInstanceArn>();
  for (const change of changes) if (change.table === 'tasks') addHosts(arns, change as ChangeOf<Task>);
  if (arns.size === 0) return [];
  for (const change of changes) {
    if (change.table !== 'containerInstances') continue;
    const { before, after } = change as ChangeOf<ContainerInstance>;
    if (after !== undefined && after.version !== before?.version) arns.delete(after.containerInstanceArn);
  }
  return [...arns].flatMap((arn) => {
    const instance = tx.containerInstances.find(arn);
    return instance === undefined || instance.pool !== undefined || instance.status === 'INACTIVE' ? [] : [instance];
  });
}

/** The hosts that such a change of a task leaves with another load. */
function addHosts(arns: Set<ContainerInstanceArn>, { before, after }: ChangeOf<Task>): void {
  const [from, to] = [hostOf(before), hostOf(after)];
  if (from === to) return;
  if (from !== undefined) arns.add(from);
  if (to !== undefined) arns.add(to);
}

function hostOf(task: Task | undefined): ContainerInstanceArn | undefined {
  if (task === undefined || task.launchType === 'FARGATE' || !holdsResources(task)) return undefined;
  return task.hostArn;
}

/** Whose event it is: the account and region of what it tells of. */
function scopeOf(facts: EcsEventFacts): Scope {
  if ('task' in facts) return { accountId: facts.task.accountId, region: facts.task.region };
  if ('instance' in facts) return { accountId: facts.instance.accountId, region: facts.instance.region };
  if ('daemon' in facts) return parseEcsArn(facts.daemon.daemonArn)?.scope as Scope;
  return parseEcsArn('daemonArn' in facts ? facts.daemonArn : facts.serviceArn)?.scope as Scope;
}
