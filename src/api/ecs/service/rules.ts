import type * as Ecs from '@aws-sdk/client-ecs';
import type { Service, TaskDefinition } from '#model';
import type { InputOf } from '#wire/aws';
import { invalidParameter } from '../errors.ts';
import { limits } from '../limits.ts';

type UpdateInput = InputOf<typeof Ecs, 'UpdateService'>;

export function checkedServiceName(name: string): string {
  if (!/^[a-zA-Z0-9\-_]{1,255}$/.test(name)) {
    throw invalidParameter(`ServiceName must match ^[a-zA-Z0-9\\-_]{1,255}$, but was ${name}`);
  }
  return name;
}

/** REPLICA services must say how many tasks they want. */
export function checkedDesiredCount(count: number | undefined, quota: number): number {
  if (count === undefined) throw invalidParameter('Desired count is required for the REPLICA scheduling strategy.');
  if (!Number.isInteger(count) || count < 0) throw invalidParameter('desiredCount must be at least 0');
  if (count > quota) throw invalidParameter(`desiredCount must be at most ${quota}`);
  return count;
}

/** The ARNs that a call describes, of which there must be some and not too many; `what` names them. */
export function describedArns(what: string, arns: readonly string[]): readonly string[] {
  if (arns.length === 0) throw invalidParameter(`${what} cannot be empty.`);
  if (arns.length > limits.describeHistory) {
    throw invalidParameter(`${what} cannot have more than ${limits.describeHistory} elements.`);
  }
  return arns;
}

/** What a request must leave to the DAEMON scheduling strategy; nothing for other strategies. */
export function refuseForDaemon(
  strategy: Service['schedulingStrategy'],
  input: Pick<
    UpdateInput,
    'desiredCount' | 'deploymentConfiguration' | 'placementStrategy' | 'volumeConfigurations'
  > & { readonly launchType?: string | undefined },
): void {
  if (strategy !== 'DAEMON') return;
  const unsupported = 'The daemon scheduling strategy does not support';
  if (input.desiredCount !== undefined) {
    throw invalidParameter(`${unsupported} a desired count for services. Remove the desired count value and try again`);
  }
  if ((input.deploymentConfiguration?.maximumPercent ?? 100) !== 100) {
    throw invalidParameter(
      `${unsupported} values above 100 for maximumPercent on a deployment configuration. Change the maximumPercent value to 100, and try again`,
    );
  }
  const release = input.deploymentConfiguration?.strategy ?? 'ROLLING';
  if (release !== 'ROLLING') {
    throw invalidParameter(
      `${unsupported} the ${release} deployment strategy, which runs two revisions side by side. Change the strategy to ROLLING, and try again`,
    );
  }
  if ((input.placementStrategy?.length ?? 0) > 0) {
    throw invalidParameter(`${unsupported} placement strategies. Remove the placement strategy and try again`);
  }
  if (input.launchType === 'FARGATE') {
    throw invalidParameter(`${unsupported} the FARGATE launch type. Use EC2 or EXTERNAL and try again`);
  }
  if ((input.volumeConfigurations?.length ?? 0) > 0) {
    throw invalidParameter(`${unsupported} volume configurations. Remove the volume configurations and try again`);
  }
}

export function checkedGracePeriod(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > limits.healthCheckGracePeriodSeconds) {
    throw invalidParameter(
      `healthCheckGracePeriodSeconds must be between 0 and ${limits.healthCheckGracePeriodSeconds}`,
    );
  }
  return seconds;
}

/**
 * A grace period belongs to health checks. Observed text, of the time before those of containers and VPC Lattice counted.
 */
export function requireHealthChecks(
  seconds: number | undefined,
  definition: TaskDefinition,
  input: Pick<UpdateInput, 'loadBalancers' | 'vpcLatticeConfigurations'>,
): void {
  if (seconds === undefined || seconds === 0) return;
  if ((input.loadBalancers?.length ?? 0) + (input.vpcLatticeConfigurations?.length ?? 0) > 0) return;
  if (definition.containerDefinitions.some(({ healthCheck }) => healthCheck !== undefined)) return;
  throw invalidParameter('Health check grace period is only valid for services configured to use load balancers');
}

/** ECS Exec needs a role to speak with. */
export function requireExecTaskRole(
  enabled: boolean,
  taskRoleArn: string | undefined,
  verb: 'created' | 'updated',
): void {
  if (enabled && taskRoleArn === undefined) {
    throw invalidParameter(
      `The service couldn't be ${verb} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`,
    );
  }
}
