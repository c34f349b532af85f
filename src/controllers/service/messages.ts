import { type DeploymentFailure, type DeploymentId, shortId, type Task } from '#model';

import type { FailingTarget } from './targets.ts';

/**
 * The texts of service events, deployment states and stop reasons, exactly as ECS words them.
 * Source: "Amazon ECS service event messages" and "Stopped task error messages" in the ECS developer guide; observed
 * where the guide leaves names out.
 */
const listed = (tasks: readonly Task[]): string => tasks.map((task) => `(task ${shortId(task.taskArn)})`).join(' ');

export const messages = {
  steady: (service: string): string => `(service ${service}) has reached a steady state.`,
  completed: (service: string, id: DeploymentId): string =>
    `(service ${service}) (deployment ${id}) deployment completed.`,
  /** `replaced` counts the unhealthy tasks that these stand in for. */
  started: (service: string, tasks: readonly Task[], replaced: number): string =>
    replaced === 0
      ? `(service ${service}) has started ${tasks.length} tasks: ${listed(tasks)}.`
      : `(service ${service}) has started ${tasks.length} tasks: ${listed(tasks)}. ` +
        `Amazon ECS replaced ${replaced} tasks due to an unhealthy status.`,
  stoppedRunning: (service: string, tasks: readonly Task[]): string =>
    `(service ${service}) has stopped ${tasks.length} running tasks: ${listed(tasks)}.`,
  stoppedPending: (service: string, count: number): string => `(service ${service}) stopped ${count} pending tasks.`,
  /** Of a target that is an instance, that in place of the task. */
  unhealthyTarget: (service: string, task: Task, { targetGroupArn, port, instanceId, reason }: FailingTarget): string =>
    `(service ${service}) ${instanceId === undefined ? `(task ${shortId(task.taskArn)})` : `(instance ${instanceId})`} ` +
    `(port ${port}) is unhealthy in (target-group ${targetGroupArn}) due to (reason ${reason}).`,
  failed: (service: string, id: DeploymentId, why: string): string =>
    `(service ${service}) (deployment ${id}) deployment failed: ${why}.`,
  rollback: (service: string, id: DeploymentId): string => `(service ${service}) rolling back to deployment ${id}.`,
  partial: (service: string, count: number, id: DeploymentId): string =>
    `(service ${service}) could not launch ${count} tasks for deployment ${id}.`,
  impaired: (service: string): string =>
    `(service ${service}) is unable to consistently start tasks successfully. ` +
    'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  startFailed: (service: string, reason: string): string =>
    `(service ${service}) was unable to place a task. Reason: ${reason.replace(/\.$/, '')}.`,
  held: (service: string, id: DeploymentId, count: number): string =>
    `(service ${service}) was unable to reach steady state because (taskSet ${id}) was unable to scale in due to ` +
    `(reason ${count} tasks under protection)`,
  provisioningLimit: (service: string): string =>
    `(service ${service}) was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded.`,
  stuck: (service: string): string =>
    `(service ${service}) was unable to stop or start tasks during a deployment because of the service deployment ` +
    'configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
};

export const rolloutReasons = {
  inProgress: (id: DeploymentId): string => `ECS deployment ${id} in progress.`,
  completed: (id: DeploymentId): string => `ECS deployment ${id} completed.`,
};

/** What is said of a deployment that was given up, and of what becomes of its service deployment. */
interface FailureTexts {
  /** Of the deployment. */
  readonly failed: string;
  /** The end of the event that tells of it; none when a user wanted it, or when the release says why itself. */
  readonly event?: string;
  /** Of the deployment that takes its place. */
  readonly rollback: (id: DeploymentId) => string;
  /** Of the service deployment: rolled back, stopped for want of rollback, and when the rollback fails in turn. */
  readonly rolledBack: string;
  readonly stopped: string;
  readonly rollbackFailed: string;
}

/** ECS's own sentences are those of the circuit breaker up to `rolledBack`; the others are worded alike. */
export const failureTexts: Readonly<Record<DeploymentFailure, FailureTexts>> = {
  CIRCUIT_BREAKER: {
    failed: 'ECS deployment circuit breaker: tasks failed to start.',
    event: 'tasks failed to start',
    rollback: (id) => `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`,
    rolledBack: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    stopped: 'Service deployment stopped because the circuit breaker threshold was exceeded.',
    rollbackFailed: 'Service deployment rollback failed because the circuit breaker threshold was exceeded.',
  },
  ALARM: {
    failed: 'ECS deployment failed: alarm detected.',
    event: 'alarm detected',
    rollback: (id) => `ECS deployment alarms: rolling back to deploymentId ${id}.`,
    rolledBack: 'Service deployment rolled back because an alarm was detected.',
    stopped: 'Service deployment stopped because an alarm was detected.',
    rollbackFailed: 'Service deployment rollback failed because an alarm was detected.',
  },
  STOPPED: {
    failed: 'ECS deployment stopped: rollback was requested.',
    rollback: (id) => `ECS deployment stopped: rolling back to deploymentId ${id}.`,
    rolledBack: 'Service deployment rolled back because a user requested it.',
    stopped: 'Service deployment stopped because a user requested it.',
    rollbackFailed: 'Service deployment rollback failed because a user stopped it.',
  },
  HOOK: {
    failed: 'ECS deployment failed: lifecycle hook(s) failed.',
    rollback: (id) => `ECS deployment lifecycle hooks: rolling back to deploymentId ${id}.`,
    rolledBack: 'Service deployment rolled back because lifecycle hook(s) failed.',
    stopped: 'Service deployment stopped because lifecycle hook(s) failed.',
    rollbackFailed: 'Service deployment rollback failed because lifecycle hook(s) failed.',
  },
  NETWORKING: {
    failed: 'ECS deployment failed: invalid networking configuration.',
    rollback: (id) => `ECS deployment networking: rolling back to deploymentId ${id}.`,
    rolledBack: 'Service deployment rolled back because of invalid networking configuration.',
    stopped: 'Service deployment stopped because of invalid networking configuration.',
    rollbackFailed: 'Service deployment rollback failed because of invalid networking configuration.',
  },
  STAGE: {
    failed: 'ECS deployment failed: time limit exceeded.',
    rollback: (id) => `ECS deployment time limit: rolling back to deploymentId ${id}.`,
    rolledBack: 'Service deployment rolled back because it took too long.',
    stopped: 'Service deployment stopped because it took too long.',
    rollbackFailed: 'Service deployment rollback failed because it took too long.',
  },
};

/** Of a service deployment that was to be rolled back and has nothing to go back to. */
export const noCandidate = 'No rollback candidate was found to run the rollback.';

export const stopReasons = {
  scaling: (id: DeploymentId): string => `Scaling activity initiated by (deployment ${id})`,
  rebalancing: (id: DeploymentId): string => `Availability-zone rebalancing initiated by (deployment ${id})`,
  unhealthy: 'Task failed container health checks',
  unhealthyTarget: (targetGroupArn: string): string =>
    `Task failed ELB health checks in (target-group ${targetGroupArn})`,
  draining: (service: string): string =>
    `Service ${service}: task is stopped because the container instance is in DRAINING state`,
};
