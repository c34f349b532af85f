import { deregisterTarget, registerTarget } from '#balancing';
import { type Clock, Ids, type Instant, type Random } from '#base';
import {
  awaitsDeregistration,
  awaitsRegistration,
  deregisterTask,
  registerTask,
  type Service,
  type Task,
} from '#model';
import type { RoadsteadStore, RoadsteadTx, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { tellService } from '../service-events.ts';
import { tasksPerRound } from './limits.ts';
import { messages } from './messages.ts';
import { counted, targetsOf } from './registration.ts';

export interface RegistrationControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** Registers services' tasks with their target groups, and takes them away. Keys are service ARNs. */
export class RegistrationController implements Controller {
  readonly name = 'registration';
  readonly lanes = 64;
  readonly #deps: RegistrationControllerDeps;
  readonly #ids: Ids;

  constructor(deps: RegistrationControllerDeps) {
    this.#deps = deps;
    this.#ids = new Ids(deps.random);
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table === 'tasks') {
      const { after } = change;
      if (after?.serviceArn !== undefined && needsWork(after)) yield after.serviceArn;
    } else if (change.table === 'targets' && change.after === undefined) {
      const serviceArn = change.before?.serviceArn;
      if (serviceArn !== undefined) yield serviceArn;
    }
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    yield* view.tasks.values('balancing');
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock } = this.#deps;
    return await store.update('targets', (tx) => {
      const service = tx.services.find(key);
      if (service === undefined) return undefined;
      const now = clock.now();
      const open = [...tx.tasks.by('balancing', key)];
      const joining = open.filter(awaitsRegistration).slice(0, tasksPerRound);
      const leaving = open.filter(awaitsDeregistration);
      const told = [...register(tx, service, joining, now), ...deregister(tx, service, leaving, now)];
      tellService(tx, service, told, { now, ids: this.#ids });
      return open.filter(awaitsRegistration).length > joining.length ? now : undefined;
    });
  }
}

function needsWork(task: Task): boolean {
  return awaitsRegistration(task) || awaitsDeregistration(task);
}

/** The tasks are targets from now on, and RUNNING. Gives what there is to tell. */
function register(tx: RoadsteadTx, { serviceName }: Service, tasks: readonly Task[], now: Instant): readonly string[] {
  const done: string[] = [];
  const problems = new Set<string>();
  for (const task of tasks) {
    const host = task.hostArn === undefined ? undefined : tx.containerInstances.find(task.hostArn);
    for (const wanted of targetsOf(task, (arn) => tx.targetGroups.find(arn)?.targetType, host)) {
      const { targetGroupArn } = wanted.group;
      if ('problem' in wanted) problems.add(messages.notRegistered(serviceName, targetGroupArn, wanted.problem));
      else if (registerTarget(tx, tx.targetGroups.get(targetGroupArn), wanted.target, now)) done.push(targetGroupArn);
    }
    tx.tasks.put(registerTask(task, now));
  }
  return [...[...counted(done)].map(([arn, count]) => messages.registered(serviceName, count, arn)), ...problems];
}

/** The tasks' targets drain; a task that has none left may stop. What ended by itself is not waited for. */
function deregister(
  tx: RoadsteadTx,
  { serviceName }: Service,
  tasks: readonly Task[],
  now: Instant,
): readonly string[] {
  const done: string[] = [];
  const draining: string[] = [];
  for (const task of tasks) {
    const active = [...tx.targets.by('task', task.taskArn)].filter(({ drainsUntil }) => drainsUntil === undefined);
    for (const target of active) {
      deregisterTarget(tx, target, now);
      done.push(target.targetGroupArn);
    }
    const drains = tx.targets.count('task', task.taskArn) > 0;
    if (drains && active.length > 0) draining.push(task.deploymentId ?? '');
    if (!drains || task.agentStatus === 'STOPPED') tx.tasks.put(deregisterTask(task, now));
  }
  return [
    ...[...counted(done)].map(([arn, count]) => messages.deregistered(serviceName, count, arn)),
    ...[...counted(draining)].map(([id, count]) => messages.draining(serviceName, id === '' ? undefined : id, count)),
  ];
}
