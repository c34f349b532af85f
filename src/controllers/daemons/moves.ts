import { earliest, type Instant } from '#base';
import {
  attributeValue,
  type ContainerInstance,
  type ContainerInstanceArn,
  daemonGroup,
  newTask,
  placeTask,
  shortId,
  type Tag,
  type Task,
} from '#model';
import type { DaemonContext, Stop } from './decision.ts';
import { type Endings, type Troubles, unhealthyReason, withTrouble } from './endings.ts';
import { maxMovesPerRound } from './limits.ts';
import { goalInstances, isCurrent, isOfGoal, runs, settlesAt, tasksByHost } from './standing.ts';
import type { DaemonView } from './view.ts';

export interface Moves {
  readonly stops: readonly Stop[];
  readonly starts: readonly Task[];
  readonly troubles: Troubles;
  /** Tasks that could not be made. */
  readonly failures: number;
  readonly wakeAt?: Instant;
}

/** The tasks to stop and to start now: one of the wanted revision on each instance, a batch of instances at a time. */
export function planMoves(view: DaemonView, endings: Endings, context: DaemonContext): Moves {
  const stops = [...unbound(view, endings), ...batch(view, endings, context)];
  const started = planStarts(view, endings, context);
  const settling = view.tasks.flatMap((task) => {
    const at = isCurrent(view.daemon, task) ? settlesAt(task, context.settleMs) : undefined;
    return at !== undefined && at > context.now ? [at] : [];
  });
  const more = stops.length > maxMovesPerRound || started.more ? context.now : undefined;
  const wakeAt = earliest(more, ...settling, ...started.retries);
  return {
    stops: stops.slice(0, maxMovesPerRound),
    starts: started.tasks,
    troubles: started.troubles,
    failures: started.failures,
    ...(wakeAt === undefined ? {} : { wakeAt }),
  };
}

/** Instances without the daemon at a time, at most. */
export function batchSize(view: DaemonView): number {
  const percent = view.deployment?.configuration.drainPercent ?? 0;
  const { daemon, instances } = view;
  const all = instances.filter(
    ({ capacityProviderName: name }) => name !== undefined && daemon.goal.capacityProviders.includes(name),
  ).length;
  return Math.max(1, Math.floor((all * percent) / 100));
}

/** What stops whatever the batch: tasks that are no good, or have no business where they are. */
function unbound(view: DaemonView, { unhealthy }: Endings): readonly Stop[] {
  const { daemon } = view;
  if (daemon.status !== 'ACTIVE') return [];
  const byArn = new Map(view.instances.map((each) => [each.containerInstanceArn, each]));
  return view.tasks.flatMap((task): Stop[] => {
    const instance = task.hostArn === undefined ? undefined : byArn.get(task.hostArn);
    if (task.desiredStatus === 'STOPPED' || instance === undefined) return [];
    const reason = whyUnbound(view, task, instance, unhealthy.includes(task));
    return reason === undefined ? [] : [{ task, reason }];
  });
}

function whyUnbound(
  view: DaemonView,
  task: Task,
  instance: ContainerInstance,
  isUnhealthy: boolean,
): string | undefined {
  const { daemon } = view;
  const of = `Daemon ${daemon.daemonName}: task is stopped because`;
  if (!isOfGoal(daemon, instance)) return `${of} the daemon is not for its capacity provider any longer`;
  if (instance.status === 'DRAINING') {
    if (view.hasOthers(instance.containerInstanceArn)) return undefined;
    return `${of} the container instance is in DRAINING state`;
  }
  if (!view.accepts(instance)) return undefined;
  if (isUnhealthy) return unhealthyReason;
  return isCurrent(daemon, task) || runs(task) ? undefined : replaced(view);
}

/** Those of the next batch: tasks that run and are to be replaced, or of a daemon that is to go. */
function batch(view: DaemonView, { unhealthy }: Endings, { now, settleMs }: DaemonContext): readonly Stop[] {
  const reason = replaced(view);
  if (view.daemon.status !== 'ACTIVE') {
    const stopping = view.tasks.filter((task) => task.desiredStatus === 'STOPPED' && task.lastStatus !== 'STOPPED');
    const left = view.tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
    return left.slice(0, Math.max(0, batchSize(view) - stopping.length)).map((task) => ({ task, reason }));
  }
  const byHost = tasksByHost(view);
  const stale: Task[] = [];
  let out = 0;
  for (const { containerInstanceArn } of goalInstances(view)) {
    const serving = (byHost.get(containerInstanceArn) ?? []).find((task) => {
      if (!runs(task) || unhealthy.includes(task)) return false;
      const at = settlesAt(task, settleMs);
      return !isCurrent(view.daemon, task) || (at !== undefined && at <= now);
    });
    if (serving === undefined) out += 1;
    else if (!isCurrent(view.daemon, serving)) stale.push(serving);
  }
  return stale.slice(0, Math.max(0, batchSize(view) - out)).map((task) => ({ task, reason }));
}

function replaced({ daemon }: DaemonView): string {
  const because = daemon.status === 'ACTIVE' ? 'replaces it' : 'deletes the daemon';
  const { daemonName, daemonDeploymentArn: arn } = daemon;
  return `Daemon ${daemonName}: task is stopped because (deployment ${shortId(arn)}) ${because}`;
}

/** A task for each instance on which none holds anything, unless it was in trouble a moment ago. */
function planStarts(view: DaemonView, endings: Endings, context: DaemonContext) {
  const byHost = tasksByHost(view);
  const tasks: Task[] = [];
  const retries: Instant[] = [];
  let { troubles } = endings;
  let failures = 0;
  let more = false;
  for (const instance of goalInstances(view)) {
    const { containerInstanceArn: arn } = instance;
    if (byHost.has(arn) || endings.lost.has(arn)) continue;
    const retryAt = troubles[arn]?.retryAt;
    if (retryAt !== undefined && retryAt > context.now) {
      retries.push(retryAt);
      continue;
    }
    if (tasks.length >= maxMovesPerRound) {
      more = true;
      break;
    }
    const task = newDaemonTask(view, instance, context);
    const refusal = view.refusal(task, arn);
    if (refusal === undefined) {
      tasks.push(placed(task, instance));
      continue;
    }
    const reason = `${refusal.reason} - Unable to place daemon task on container instance: ${refusal.detail}`;
    const { capacityProviderName = '' } = instance;
    troubles = withTrouble(
      troubles,
      arn,
      { failureType: 'TASK_CREATION_FAILED', reason, capacityProviderName },
      context,
    );
    failures += 1;
    retries.push(troubles[arn]?.retryAt ?? context.now);
  }
  return { tasks, retries, troubles, failures, more };
}

function placed(task: Task, instance: ContainerInstance): Task {
  const zone = attributeValue(instance, 'ecs.availability-zone') ?? '';
  return placeTask(task, instance.containerInstanceArn, zone === '' ? undefined : zone);
}

function newDaemonTask(view: DaemonView, instance: ContainerInstance, { now, ids }: DaemonContext): Task {
  const { daemon, revision, definition } = view;
  const { accountId, region, clusterArn, daemonArn, daemonName } = daemon;
  const { capacityProviderName } = instance;
  const spec = {
    scope: { accountId, region },
    clusterArn,
    launchType: 'EC2' as const,
    ...(capacityProviderName === undefined ? {} : { capacityProviderName }),
    group: daemonGroup(daemonName),
    overrides: { containerOverrides: [] },
    placementConstraints: [],
    enableExecuteCommand: revision.enableExecuteCommand,
    tags: tagsOf(view),
    startedBy: shortId(daemon.daemonDeploymentArn),
    daemonArn,
    daemonRevisionArn: revision.daemonRevisionArn,
  };
  return newTask(definition, spec, now, ids);
}

/** As of services: propagated tags, then those that ECS manages. */
function tagsOf({ daemon, revision, clusterName }: DaemonView): readonly Tag[] {
  const propagated = revision.propagateTags === 'DAEMON' ? daemon.tags : [];
  const managed = [
    { key: 'aws:ecs:clusterName', value: clusterName },
    { key: 'aws:ecs:daemonName', value: daemon.daemonName },
  ];
  return revision.enableECSManagedTags ? [...propagated, ...managed] : propagated;
}

/** The instances on which no task of the daemon will run once these have stopped. */
export function withoutDaemon(view: DaemonView, stops: readonly Stop[]): ReadonlySet<ContainerInstanceArn> {
  const stopped = new Set(stops.map(({ task }) => task));
  const running = new Set(view.tasks.filter((task) => runs(task) && !stopped.has(task)).map(({ hostArn }) => hostArn));
  const all = view.instances.map(({ containerInstanceArn }) => containerInstanceArn);
  return new Set(all.filter((arn) => !running.has(arn)));
}
