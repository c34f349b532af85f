import { elapsedMs, type Instant } from '#base';
import { type Deployment, isRunning, type Task } from '#model';
import { without } from './record.ts';
import type { DeploymentTally } from './tally.ts';

/** What a look sees of a deployment that matters to its count of failures. */
export interface FailureRound {
  readonly tally: DeploymentTally;
  /** Tasks that ended now. */
  readonly ended: readonly Task[];
  /** How many of those ended by themselves before they were healthy, with and without a health check to pass. */
  readonly failed: { readonly checked: number; readonly unchecked: number };
}

/**
 * The count of failed tasks that opens the circuit breaker, in its two stages. As long as no task of the deployment was
 * RUNNING for the settle time, every task that fails to start counts. From then on only those that fail their health
 * checks do. A task that becomes healthy sets the count back, unless `resetOnHealthyTask` is off.
 * Source: "How the Amazon ECS deployment circuit breaker detects failures"; that RUNNING means for a while, and that a
 * task which ends before its health checks passed failed them, is ours.
 */
export function countFailures(
  deployment: Deployment,
  round: FailureRound,
  context: { readonly now: Instant; readonly settleMs: number; readonly resets: boolean },
): Deployment {
  if (deployment.rolloutState !== 'IN_PROGRESS') return deployment;
  const { tally, failed } = round;
  const healthyTasks = tally.healthy.length + tally.draining.length;
  const added = failed.checked + (deployment.hasRun === true ? 0 : failed.unchecked);
  const recovered = context.resets && healthyTasks > (deployment.healthyTasks ?? 0);
  const failedTasks = recovered ? 0 : deployment.failedTasks + added;
  const counted = failedTasks === deployment.failedTasks ? deployment : { ...deployment, failedTasks };
  return withHealthyTasks(hasRun(counted, round, context) ? { ...counted, hasRun: true } : counted, healthyTasks);
}

/** Tasks replaced because they fail their health checks. */
export function addUnhealthy(deployment: Deployment, count: number): Deployment {
  if (deployment.rolloutState !== 'IN_PROGRESS' || count === 0) return deployment;
  return { ...deployment, failedTasks: deployment.failedTasks + count };
}

/** A task that found no host: it counts as one that failed to start. */
export function addUnplaced(deployment: Deployment): Deployment {
  return deployment.hasRun === true ? deployment : addUnhealthy(deployment, 1);
}

/** Whether a task got going now, where none did before. */
function hasRun(
  deployment: Deployment,
  { tally, ended }: FailureRound,
  { now, settleMs }: { readonly now: Instant; readonly settleMs: number },
): boolean {
  if (deployment.hasRun === true) return false;
  const { healthy, starting, unhealthy, draining } = tally;
  const isGoing = (task: Task): boolean =>
    isRunning(task) && task.startedAt !== undefined && elapsedMs(task.startedAt, now) >= settleMs;
  return [healthy, draining, unhealthy, starting].some((tasks) => tasks.some(isGoing)) || ended.some(hadGotGoing);

  function hadGotGoing(task: Task): boolean {
    const end = task.stoppingAt ?? task.stoppedAt;
    return task.startedAt !== undefined && end !== undefined && elapsedMs(task.startedAt, end) >= settleMs;
  }
}

function withHealthyTasks(deployment: Deployment, healthyTasks: number): Deployment {
  if (healthyTasks === (deployment.healthyTasks ?? 0)) return deployment;
  return healthyTasks === 0 ? without(deployment, 'healthyTasks') : { ...deployment, healthyTasks };
}
