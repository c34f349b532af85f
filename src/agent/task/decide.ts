import { earliest, type Instant } from '#base';
import { dependentsOf, readiness } from './dependencies.ts';
import { awaitsValues, routerOf } from './firelens/router.ts';
import { isProxy, isToDrain, mayStartBeside, mayStopBeside, proxyOf } from './service-connect/order.ts';
import {
  appContainers,
  atLeast,
  definitionOf,
  type EngineContainer,
  type EngineTask,
  holdersOf,
  holdersRun,
  namespacesReady,
  wantsNetwork,
  withContainer,
} from './state.ts';

/**
 * One thing to do for a task, each a single call of a port:
 * `prepare` makes the task cgroup and volumes, `values` fetches secrets and environment files, `image` gets a
 * container's image, `create` and `start` the container, `attach` gives the task its network, `stop` ends a container,
 * `teardown` removes namespace, interface and cgroup. A Service Connect proxy has no image but a `plan`; `serve` waits
 * until it serves, `drain` until nobody calls by it.
 */
export type Step =
  | { readonly kind: 'prepare' | 'values' | 'attach' | 'teardown' }
  | {
      readonly kind: 'image' | 'create' | 'start' | 'stop' | 'plan' | 'serve' | 'drain';
      readonly container: string;
    };

/** Steps of the same lane are never under way at once: a lane is a container, or the task itself. */
export function laneOf(step: Step): string {
  if ('container' in step) return step.container;
  return step.kind === 'values' ? valuesLane : '';
}

/** Fetching values waits for nothing of the task's, and nothing but containers that need them waits for it. */
const valuesLane = '~values';

/** Whether a step may simply be called off when the task is to stop: it leaves nothing behind. */
export function mayBeCalledOff({ kind }: Step): boolean {
  return kind === 'image' || kind === 'values' || kind === 'plan' || kind === 'serve';
}

export interface DecisionContext {
  readonly now: Instant;
  /** The lanes at work. */
  readonly busy: ReadonlySet<string>;
  /** The credentials of the task's execution role are still to come: an agent that was started anew has none. */
  readonly awaitsCredentials?: boolean;
}

export interface Decision {
  readonly task: EngineTask;
  readonly steps: readonly Step[];
  readonly wakeAt?: Instant;
}

/** Everything that follows from what is known: conclusions first, then the steps that may be taken now. */
export function decideTask(before: EngineTask, context: DecisionContext): Decision {
  const task = conclude(before, context);
  if (task.reached === 'STOPPED' || !task.admitted) return { task, steps: [] };
  if (task.desired === 'STOPPED') return { task, steps: stopSteps(task, context) };
  const { steps, wakeAt } = startSteps(task, context);
  return wakeAt === undefined ? { task, steps } : { task, steps, wakeAt };
}

function conclude(before: EngineTask, context: DecisionContext): EngineTask {
  let task = before;
  for (;;) {
    const next = concludeOnce(task, context);
    if (next === task) return task;
    task = next;
  }
}

function concludeOnce(task: EngineTask, context: DecisionContext): EngineTask {
  if (task.reached === 'STOPPED') return task;
  const apps = appContainers(task);
  const essentialEnded = task.containers.some(({ essential, known }) => essential && known === 'STOPPED');
  const allEnded = apps.every(({ known }) => known === 'STOPPED');
  if (task.desired === 'RUNNING' && (essentialEnded || allEnded)) return { ...task, desired: 'STOPPED' };
  if (task.desired === 'STOPPED') return concludeStop(task, context, allEnded);
  for (const container of apps) {
    if (atLeast(container, 'CREATED') || context.busy.has(container.name)) continue;
    const dependencies = readiness(task, container.name, context.now);
    if (dependencies.is !== 'never') continue;
    const reason = `CannotStartContainerError: dependency graph: ${dependencies.why}`;
    return withContainer(task, container.name, { known: 'STOPPED', exitCode: 143, reason });
  }
  return concludeProgress(task, apps);
}

function concludeProgress(task: EngineTask, apps: readonly EngineContainer[]): EngineTask {
  if (task.reached !== 'RUNNING' && namespacesReady(task) && apps.every((container) => atLeast(container, 'RUNNING'))) {
    return { ...task, reached: 'RUNNING', runningUntold: true };
  }
  if (task.reached === 'NONE' && apps.every((container) => atLeast(container, 'PULLED'))) {
    return { ...task, reached: 'PENDING' };
  }
  return task;
}

function concludeStop(task: EngineTask, { now, busy }: DecisionContext, allEnded: boolean): EngineTask {
  for (const container of task.containers) {
    const live = container.known === 'RUNNING' || container.known === 'STOPPED' || busy.has(container.name);
    if (!live && (!container.internal || container.known !== 'CREATED')) {
      return withContainer(task, container.name, { known: 'STOPPED' });
    }
  }
  if (!allEnded) return task;
  if (task.executionStoppedAt === undefined) return { ...task, executionStoppedAt: now };
  if (!task.tornDown && !task.admitted) return { ...task, tornDown: true };
  if (task.tornDown && busy.size === 0) return { ...task, reached: 'STOPPED', stoppedAt: now };
  return task;
}

function startSteps(task: EngineTask, context: DecisionContext): { steps: Step[]; wakeAt: Instant | undefined } {
  const steps: Step[] = [];
  let wakeAt: Instant | undefined;
  const { now, busy } = context;
  if (fetchesValues(task, context)) steps.push({ kind: 'values' });
  const reads = context.awaitsCredentials === true && routerOf(task.payload)?.include?.from === 's3';
  if (!task.prepared && !busy.has('') && !reads) steps.push({ kind: 'prepare' });
  const detached = wantsNetwork(task) && !task.networkAttached;
  if (holdersRun(task) && detached && !busy.has('')) steps.push({ kind: 'attach' });
  for (const container of task.containers) {
    if (busy.has(container.name)) continue;
    if (container.known === 'NONE' && isProxy(task, container.name)) {
      steps.push({ kind: 'plan', container: container.name });
      continue;
    }
    if (container.known === 'NONE') {
      if (context.awaitsCredentials === true && hasRegistryLogin(task, container)) continue;
      steps.push({ kind: 'image', container: container.name });
      continue;
    }
    if (container.restartDue === true && container.restartAt !== undefined && now < container.restartAt) {
      wakeAt = earliest(wakeAt, container.restartAt);
      continue;
    }
    if (container.known === 'RUNNING' && container.restartDue === true) {
      steps.push({ kind: 'start', container: container.name });
      continue;
    }
    const serves = task.proxyServes === true || !isProxy(task, container.name);
    if (container.known === 'RUNNING' && !serves) steps.push({ kind: 'serve', container: container.name });
    if (atLeast(container, 'RUNNING')) continue;
    const dependencies = readiness(task, container.name, now);
    if (dependencies.is === 'waiting') wakeAt = earliest(wakeAt, dependencies.wakeAt);
    if (dependencies.is !== 'ready') continue;
    const step = createOrStart(task, container);
    if (step !== undefined) steps.push(step);
  }
  return { steps, wakeAt };
}

/** The values of all containers are fetched together, if any that is still to be made needs them. */
function fetchesValues(task: EngineTask, { busy, awaitsCredentials }: DecisionContext): boolean {
  if (task.valuesFetched === true || awaitsCredentials === true || busy.has(valuesLane)) return false;
  return appContainers(task).some((container) => !atLeast(container, 'CREATED') && hasValues(task, container));
}

function hasValues(task: EngineTask, { name }: EngineContainer): boolean {
  const definition = definitionOf(task, name);
  return definition !== undefined && awaitsValues(task.payload, definition);
}

function hasRegistryLogin(task: EngineTask, { name }: EngineContainer): boolean {
  return definitionOf(task, name)?.registryAuthentication !== undefined;
}

/** A container joins its holders' namespaces: created once those exist, started once all of the task's are ready. */
function createOrStart(task: EngineTask, container: EngineContainer): Step | undefined {
  const joined = container.internal ? [] : holdersOf(task, container.name);
  if (container.known === 'PULLED') {
    const valued = task.valuesFetched === true || !hasValues(task, container);
    const mayCreate = task.prepared && valued && joined.every((holder) => atLeast(holder, 'CREATED'));
    return mayCreate ? { kind: 'create', container: container.name } : undefined;
  }
  const ready = container.internal || (namespacesReady(task) && mayStartBeside(task, container));
  return ready ? { kind: 'start', container: container.name } : undefined;
}

function stopSteps(task: EngineTask, { busy }: DecisionContext): Step[] {
  const steps: Step[] = [];
  const proxy = proxyOf(task);
  if (proxy !== undefined && isToDrain(task)) {
    return busy.has(proxy.name) ? [] : [{ kind: 'drain', container: proxy.name }];
  }
  for (const container of appContainers(task)) {
    if (container.known !== 'RUNNING' || busy.has(container.name)) continue;
    const free =
      dependentsOf(task, container.name).every(({ known }) => known === 'STOPPED') && mayStopBeside(task, container);
    if (free) steps.push({ kind: 'stop', container: container.name });
  }
  const ended = appContainers(task).every(({ known }) => known === 'STOPPED');
  if (ended && !task.tornDown && busy.size === 0) steps.push({ kind: 'teardown' });
  return steps;
}
