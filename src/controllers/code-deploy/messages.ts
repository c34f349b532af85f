import type { CodeDeployDeployment } from '#model';

/** Why a deployment ended. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** The errors of deployments. Those of timeout, alarms and listener are observed; the others are ours. */
export const troubles = {
  service: ({ serviceName, clusterName }: CodeDeployDeployment): Trouble => ({
    code: 'INVALID_ECS_SERVICE',
    message: `The Amazon ECS service ${serviceName} of the cluster ${clusterName} is not active, or its deployment controller is not CODE_DEPLOY any longer.`,
  }),
  primary: ({ serviceName }: CodeDeployDeployment): Trouble => ({
    code: 'INVALID_ECS_SERVICE',
    message: `The Amazon ECS service ${serviceName} has no primary task set.`,
  }),
  replacement: ({ serviceName }: CodeDeployDeployment): Trouble => ({
    code: 'ECS_UPDATE_ERROR',
    message: `A task set of the Amazon ECS service ${serviceName} that the deployment works with was deleted by somebody else.`,
  }),
  targetGroups: (names: readonly string[], primary: string): Trouble => ({
    code: 'ELASTIC_LOAD_BALANCING_INVALID',
    message: `The primary task set is not registered with one of the target groups ${names.join(' and ')}, or one of them does not exist. It is registered with ${primary}.`,
  }),
  listener: (arn: string): Trouble => ({
    code: 'ELASTIC_LOAD_BALANCING_INVALID',
    message: `The ELB could not be updated due to the following error: Primary taskset target group must be behind listener ${arn}`,
  }),
  ecs: (message: string): Trouble => ({
    code: 'ECS_UPDATE_ERROR',
    message: `The ECS service cannot be updated due to an unexpected error: ${message} Check your ECS service status.`,
  }),
  installTimeout: {
    code: 'TIMEOUT',
    message:
      'The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.',
  },
  readyTimeout: {
    code: 'TIMEOUT',
    message:
      'The deployment was stopped: traffic was not rerouted before the wait time of the deployment ready option was over.',
  },
  alarms: (names: readonly string[]): Trouble => ({
    code: 'ALARM_ACTIVE',
    message:
      'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected ' +
      `deployments have been stopped. Activated alarms: <${names.join(', ')}>`,
  }),
  stopped: { code: 'MANUAL_STOP', message: 'The deployment was stopped by a user.' },
} as const;
