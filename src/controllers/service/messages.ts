import { type DeploymentId, shortId, type Task } from '#model';

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
  failed: (service: string, id: DeploymentId): string =>
    `(service ${service}) (deployment ${id}) deployment failed: tasks failed to start.`,
  rollback: (service: string, id: DeploymentId): string => `(service ${service}) rolling back to deployment ${id}.`,
  impaired: (service: string): string =>
    `(service ${service}) is unable to consistently start tasks successfully. ` +
    'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  startFailed: (service: string, reason: string): string =>
    `(service ${service}) was unable to place a task. Reason: ${reason.replace(/\.$/, '')}.`,
  provisioningLimit: (service: string): string =>
    `(service ${service}) was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded.`,
  stuck: (service: string): string =>
    `(service ${service}) was unable to stop or start tasks during a deployment because of the service deployment ` +
    'configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
};

export const rolloutReasons = {
  inProgress: (id: DeploymentId): string => `ECS deployment ${id} in progress.`,
  completed: (id: DeploymentId): string => `ECS deployment ${id} completed.`,
  failed: 'ECS deployment circuit breaker: tasks failed to start.',
  rollback: (id: DeploymentId): string => `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`,
};

export const stopReasons = {
  scaling: (id: DeploymentId): string => `Scaling activity initiated by (deployment ${id})`,
  unhealthy: 'Task failed container health checks',
  draining: (service: string): string =>
    `Service ${service}: task is stopped because the container instance is in DRAINING state`,
};
