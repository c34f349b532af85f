import type * as Ecs from '@aws-sdk/client-ecs';
import type { Service } from '#model';
import type { InputOf } from '#wire/aws';
import { invalidParameter, refuseManagedVolumes, unsupportedFeature } from '../errors.ts';
import { limits } from '../limits.ts';

type CreateInput = InputOf<typeof Ecs, 'CreateService'>;
type UpdateInput = InputOf<typeof Ecs, 'UpdateService'>;
type TaskSetInput = InputOf<typeof Ecs, 'CreateTaskSet'>;

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

/** Refuses what needs a part of Roadstead that does not exist yet; each sentence names the part. */
export function refuseUnbuiltParts(
  input: Pick<CreateInput | UpdateInput | TaskSetInput, 'loadBalancers' | 'serviceRegistries'> &
    Pick<Partial<CreateInput>, 'serviceConnectConfiguration' | 'volumeConfigurations' | 'vpcLatticeConfigurations'>,
): void {
  const [balancer] = input.loadBalancers ?? [];
  if (balancer?.targetGroupArn !== undefined) {
    throw invalidParameter(
      `The target group with targetGroupArn ${balancer.targetGroupArn} does not have an associated load balancer.`,
    );
  }
  if (balancer !== undefined) throw unsupportedFeature('Load balancers are not part of this version of Roadstead.');
  if ((input.serviceRegistries?.length ?? 0) > 0) {
    throw unsupportedFeature(
      'Service discovery is not part of this version of Roadstead. Leave serviceRegistries out.',
    );
  }
  if (input.serviceConnectConfiguration?.enabled === true) {
    throw unsupportedFeature('Service Connect is not part of this version of Roadstead. Leave it out.');
  }
  refuseManagedVolumes(input.volumeConfigurations);
  if ((input.vpcLatticeConfigurations?.length ?? 0) > 0) {
    throw unsupportedFeature('VPC Lattice is not part of this version of Roadstead.');
  }
}

/** What a request must leave to the DAEMON scheduling strategy; nothing for other strategies. */
export function refuseForDaemon(
  strategy: Service['schedulingStrategy'],
  input: Pick<UpdateInput, 'desiredCount' | 'deploymentConfiguration' | 'placementStrategy'> & {
    readonly launchType?: string | undefined;
  },
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

/** A role belongs to services with load balancers, of which there are none. */
export function refuseRole(input: CreateInput): void {
  if (input.role !== undefined && input.role !== '') {
    throw invalidParameter('IAM roles are only valid for services configured to use load balancers.');
  }
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
