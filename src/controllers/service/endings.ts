import { afterMs, backoffMs, elapsedMs, type Instant, type Random } from '#base';
import type { Deployment, StartBackoff, Task } from '#model';
import { countFailures } from './failures.ts';
import { shortRunBackoff, shortRunMs, startBackoff } from './limits.ts';
import { without } from './record.ts';
import { type DeploymentTally, hasHealthCheck } from './tally.ts';

/** What the end of tasks means for their deployment. */
export interface Endings {
  readonly deployment: Deployment;
  /** Why tasks never were RUNNING, each reason once. */
  readonly reasons: readonly string[];
}

/**
 * Takes note of ended tasks: failures for the circuit breaker, and how long to wait before the next start. A task that
 * somebody else stopped, or whose host went away, is no failure.
 *
 * The back-off counts once per round of tasks started together: of ten tasks that cannot pull their image, ten fail and
 * one round does. `failedTasks` counts each task.
 */
export function countEndings(
  deployment: Deployment,
  tally: DeploymentTally,
  ended: readonly Task[],
  context: {
    readonly now: Instant;
    readonly settleMs: number;
    readonly random: Random;
    /** Whether a task that becomes healthy sets the count of failures back. */
    readonly resets: boolean;
  },
): Endings {
  const failed = ended.filter(endedByItself);
  const neverRan = failed.filter((task) => task.startedAt === undefined);
  const unwell = failed.filter((task) => !wasHealthy(task, context.settleMs));
  const checked = unwell.filter((task) => task.startedAt !== undefined && hasHealthCheck(task)).length;
  const round = { tally, ended, failed: { checked, unchecked: unwell.length - checked } };
  const counted = countFailures(deployment, round, context);
  const backoff = backoffAfter(deployment.backoff, { tally, ended, failed, neverRan }, context);
  return {
    deployment: withBackoff(counted, backoff),
    reasons: [...new Set(neverRan.map((task) => task.stoppedReason ?? 'Task failed to start'))],
  };
}

function endedByItself(task: Task): boolean {
  return task.stopCode === 'TaskFailedToStart' || task.stopCode === 'EssentialContainerExited';
}

function livedMs(task: Task): number {
  const end = task.stoppingAt ?? task.stoppedAt;
  return task.startedAt === undefined || end === undefined ? 0 : elapsedMs(task.startedAt, end);
}

function wasHealthy(task: Task, settleMs: number): boolean {
  if (task.startedAt === undefined) return false;
  return hasHealthCheck(task) ? task.healthStatus === 'HEALTHY' : livedMs(task) >= settleMs;
}

function backoffAfter(
  before: StartBackoff | undefined,
  tasks: {
    readonly tally: DeploymentTally;
    readonly ended: readonly Task[];
    readonly failed: readonly Task[];
    readonly neverRan: readonly Task[];
  },
  context: { readonly now: Instant; readonly random: Random },
): StartBackoff | undefined {
  const kept = before === undefined ? undefined : forgiven(before, tasks, context.now);
  const isNew = (task: Task): boolean => before === undefined || task.createdAt >= before.countedAt;
  const failedRound = tasks.neverRan.some(isNew);
  const shortRound = tasks.failed.some(
    (task) => task.startedAt !== undefined && livedMs(task) < shortRunMs && isNew(task),
  );
  if (!failedRound && !shortRound) return kept;
  const failures = (kept?.failures ?? 0) + (failedRound ? 1 : 0);
  const shortRuns = (kept?.shortRuns ?? 0) + (shortRound ? 1 : 0);
  const delayMs = Math.max(
    failures === 0 ? 0 : backoffMs(startBackoff, failures - 1, context.random),
    shortRuns < 2 ? 0 : backoffMs(shortRunBackoff, shortRuns - 2, context.random),
  );
  return { failures, shortRuns, countedAt: context.now, nextStartAt: afterMs(context.now, delayMs) };
}

/** A task that got to RUNNING since the last count ends the failures; one that stayed, the short runs too. */
function forgiven(
  before: StartBackoff,
  tasks: { readonly tally: DeploymentTally; readonly ended: readonly Task[] },
  now: Instant,
): StartBackoff | undefined {
  const { healthy, starting, unhealthy, draining } = tasks.tally;
  const ran = [...healthy, ...starting, ...unhealthy, ...draining, ...tasks.ended].filter(
    (task) => task.startedAt !== undefined && task.startedAt >= before.countedAt,
  );
  if (ran.length === 0) return before;
  const lastedMs = (task: Task): number =>
    task.desiredStatus === 'STOPPED' ? livedMs(task) : elapsedMs(task.startedAt ?? now, now);
  const stayed = ran.some((task) => lastedMs(task) >= shortRunMs);
  if (stayed || before.shortRuns === 0) return undefined;
  return before.failures === 0 ? before : { ...before, failures: 0 };
}

function withBackoff(deployment: Deployment, backoff: StartBackoff | undefined): Deployment {
  if (backoff === deployment.backoff) return deployment;
  return backoff === undefined ? without(deployment, 'backoff') : { ...deployment, backoff };
}
