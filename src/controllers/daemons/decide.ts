import { earliest } from '#base';
import type { ContainerInstance, Daemon } from '#model';
import type { DaemonContext, DaemonDecision, Stop } from './decision.ts';
import { begun, type Followed, followed, givenUp, measured } from './deployment.ts';
import { countEndings, type Endings, troubled } from './endings.ts';
import { planMoves, withoutDaemon } from './moves.ts';
import { isOfGoal } from './standing.ts';
import type { DaemonView } from './view.ts';

/**
 * One look at a daemon: ends are counted, a deployment that fails is rolled back, tasks are moved, the deployment is
 * followed, and instances are told whether they wait for the daemon. Pure.
 */
export function decideDaemon(view: DaemonView, context: DaemonContext): DaemonDecision {
  const endings = countEndings(view, context);
  const { counted } = endings;
  const opened = view.deployment === undefined ? undefined : begun(view, view.deployment, context);
  const failing = opened === undefined ? undefined : measured(opened, endings.failures, context);
  const rolled = failing === undefined ? undefined : givenUp(view, failing, context);
  if (rolled !== undefined) return ofFailure(view, endings, rolled, context);
  const moves = planMoves(view, endings, context);
  const deployment = failing === undefined ? undefined : measured(failing, moves.failures, context);
  const after = deployment === undefined ? undefined : followed(view, deployment, context);
  const daemon = troubled(after?.daemon ?? view.daemon, moves.troubles);
  const instances = instancesAfter(view, daemon, { stops: moves.stops, lost: endings.lost });
  const wakeAt = earliest(moves.wakeAt, after?.wakeAt);
  return {
    ...(after?.over === true ? {} : { daemon }),
    ...(after === undefined ? {} : { deployment: after.deployment }),
    counted,
    stops: moves.stops,
    starts: moves.starts,
    instances,
    ...(wakeAt === undefined ? {} : { wakeAt }),
  };
}

/** A deployment that was given up: the next look has another goal, or goes on without a deployment. */
function ofFailure(view: DaemonView, endings: Endings, rolled: Followed, { now }: DaemonContext): DaemonDecision {
  const isSameGoal = rolled.daemon.goal === view.daemon.goal;
  return {
    daemon: isSameGoal ? troubled(rolled.daemon, endings.troubles) : rolled.daemon,
    deployment: rolled.deployment,
    counted: endings.counted,
    stops: [],
    starts: [],
    instances: instancesAfter(view, rolled.daemon, { stops: [], lost: endings.lost }),
    wakeAt: now,
  };
}

/** The instances that wait for the daemon from now on, or do no longer, and those that lost it and so drain. */
function instancesAfter(
  view: DaemonView,
  daemon: Daemon,
  { stops, lost }: { readonly stops: readonly Stop[]; readonly lost: Endings['lost'] },
): readonly ContainerInstance[] {
  const without = withoutDaemon(view, stops);
  return view.instances.flatMap((instance) => {
    const { containerInstanceArn: arn } = instance;
    const waits = view.revision.critical && isOfGoal(daemon, instance) && without.has(arn);
    const awaiting = withAwaited(instance, daemon.daemonName, waits);
    const reason = lost.get(arn);
    const next = reason === undefined || instance.status !== 'ACTIVE' ? awaiting : drained(awaiting, daemon, reason);
    return next === instance ? [] : [next];
  });
}

function withAwaited(instance: ContainerInstance, name: string, waits: boolean): ContainerInstance {
  const { awaitsDaemons = [], ...rest } = instance;
  if (awaitsDaemons.includes(name) === waits) return instance;
  const awaited = waits ? [...awaitsDaemons, name].sort() : awaitsDaemons.filter((each) => each !== name);
  return awaited.length === 0 ? rest : { ...rest, awaitsDaemons: awaited };
}

/** In ECS another instance would take its place; machines of ones own are looked after by their owner. */
function drained(instance: ContainerInstance, { daemonName }: Daemon, reason: string): ContainerInstance {
  const statusReason = `The critical daemon ${daemonName} failed: ${reason}`;
  return { ...instance, status: 'DRAINING', statusReason, version: instance.version + 1 };
}
