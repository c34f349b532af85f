import type * as client from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '#model';
import type { InputOf } from '#wire/aws';
import type { Quotas } from '../../operation.ts';
import { checkedEnum } from '../enums.ts';
import { invalidParameter } from '../errors.ts';
import { checkedRoleArn } from '../role-arns.ts';
import { requireCompatible } from '../task/launch-type.ts';
import { normaliseTaskCpu, normaliseTaskMemory, parseTaskDefinition } from '../task-definition/index.ts';
import { checkScaling } from './scaling.ts';

/** What CreateExpressGatewayService and UpdateExpressGatewayService have in common. */
export type ExpressSettings = Omit<InputOf<typeof client, 'UpdateExpressGatewayService'>, 'serviceArn'>;
export type ExpressContainer = NonNullable<ExpressSettings['primaryContainer']>;

/** What a task definition of the user's own stands in place of. */
const definedByOwn = [
  'primaryContainer',
  'executionRoleArn',
  'taskRoleArn',
  'cpu',
  'memory',
  'cpuArchitecture',
] as const satisfies readonly (keyof ExpressSettings)[];

/**
 * Checks the settings without state. A new service (`complete`) has a task definition of its user's own, or a container
 * and an execution role. InvalidParameterException, or ClientException in the words of task definitions.
 */
export function checkExpressSettings(
  input: ExpressSettings,
  options: { readonly complete: boolean; readonly quotas: Quotas },
): void {
  checkedEnum('cpuArchitecture', input.cpuArchitecture, ['ARM64', 'X86_64']);
  checkHealthCheckPath(input.healthCheckPath);
  checkNetwork(input.networkConfiguration, options.quotas);
  checkScaling(input.scalingTarget);
  if (input.taskDefinitionArn !== undefined) {
    const both = definedByOwn.filter((member) => input[member] !== undefined);
    if (both.length === 0) return;
    throw invalidParameter(`taskDefinitionArn cannot be specified together with [${both.join(', ')}].`);
  }
  if (options.complete && (input.primaryContainer === undefined || input.executionRoleArn === undefined)) {
    throw invalidParameter(
      'Either taskDefinitionArn, or both primaryContainer and executionRoleArn, must be specified.',
    );
  }
  checkDefinition(input, options.complete);
}

const maxPathLength = 1024;

function checkHealthCheckPath(path: string | undefined): void {
  if (path === undefined || (/^\/[\x21-\x7e]*$/.test(path) && path.length <= maxPathLength)) return;
  throw invalidParameter(
    `healthCheckPath must begin with / and have up to ${maxPathLength} characters without spaces, but was ${path}`,
  );
}

function checkNetwork(
  { subnets = [], securityGroups = [] }: NonNullable<ExpressSettings['networkConfiguration']> = {},
  quotas: Quotas,
): void {
  const { subnetsPerAwsvpcConfiguration: mostSubnets, securityGroupsPerAwsvpcConfiguration: mostGroups } = quotas;
  if (subnets.length > mostSubnets) throw invalidParameter(`subnets can have at most ${mostSubnets} items.`);
  if (securityGroups.length > mostGroups) {
    throw invalidParameter(`securityGroups can have at most ${mostGroups} items.`);
  }
  const subnet = subnets.find((id) => !/^subnet-[0-9a-f]{8,17}$/.test(id));
  if (subnet !== undefined) throw invalidParameter(`Invalid subnet: ${subnet}`);
  const group = securityGroups.find((id) => !/^sg-[0-9a-f]{8,17}$/.test(id));
  if (group !== undefined) throw invalidParameter(`Invalid security group: ${group}`);
}

const defaultPort = 80;
export const defaultSize = { cpu: '256', memory: '512' } as const;
/** In place of what a service that is updated has already. */
const kept = { role: 'kept', image: 'kept' } as const;

/** The container, size and roles keep the rules of the Fargate task definition that ECS would make of them. */
function checkDefinition(input: ExpressSettings, complete: boolean): void {
  for (const member of ['executionRoleArn', 'taskRoleArn'] as const) {
    const arn = input[member];
    if (arn !== undefined) checkedRoleArn(member, arn);
  }
  const { executionRoleArn = kept.role, taskRoleArn, cpuArchitecture = 'X86_64', primaryContainer } = input;
  parseTaskDefinition({
    family: 'express',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    runtimePlatform: { cpuArchitecture, operatingSystemFamily: 'LINUX' },
    ...checkedSize(input, complete),
    executionRoleArn,
    ...(taskRoleArn === undefined ? {} : { taskRoleArn }),
    containerDefinitions: [mainContainer(primaryContainer ?? { image: kept.image })],
  });
}

/** The size with its defaults; of an update, one member alone is checked alone: the other is the service's. */
function checkedSize({ cpu, memory }: ExpressSettings, complete: boolean): { cpu: string; memory: string } {
  if (complete || (cpu !== undefined && memory !== undefined)) {
    return { cpu: cpu ?? defaultSize.cpu, memory: memory ?? defaultSize.memory };
  }
  if (cpu !== undefined) normaliseTaskCpu(cpu);
  if (memory !== undefined) normaliseTaskMemory(memory);
  return defaultSize;
}

/** The container as a task definition has it, with what the request left out. */
export function mainContainer(container: ExpressContainer) {
  const { image, containerPort = defaultPort, command, environment, secrets } = container;
  const { repositoryCredentials: credentials, awsLogsConfiguration: logs } = container;
  return {
    name: 'Main',
    image,
    portMappings: [{ containerPort, name: 'main' }],
    ...(command === undefined ? {} : { command }),
    ...(environment === undefined ? {} : { environment }),
    ...(secrets === undefined ? {} : { secrets }),
    ...(credentials === undefined ? {} : { repositoryCredentials: checkedCredentials(credentials) }),
    ...(logs === undefined ? {} : { logConfiguration: checkedLogs(logs) }),
  };
}

function checkedCredentials({ credentialsParameter = '' }: NonNullable<ExpressContainer['repositoryCredentials']>) {
  if (credentialsParameter === '') throw invalidParameter('repositoryCredentials must have a credentialsParameter.');
  return { credentialsParameter };
}

const maxLogNameLength = 512;

function checkedLogs({ logGroup, logStreamPrefix }: NonNullable<ExpressContainer['awsLogsConfiguration']>) {
  for (const [member, name] of Object.entries({ logGroup, logStreamPrefix })) {
    if (name === '' || name.length > maxLogNameLength) {
      throw invalidParameter(`awsLogsConfiguration.${member} must have 1 to ${maxLogNameLength} characters.`);
    }
  }
  const options = { 'awslogs-group': logGroup, 'awslogs-stream-prefix': logStreamPrefix, 'awslogs-region': 'any' };
  return { logDriver: 'awslogs' as const, options };
}

/** CreateExpressGatewayService, taskDefinitionArn: a container `Main` with one named TCP port, for Fargate. */
export function requireMain(definition: TaskDefinition): void {
  requireCompatible(definition, 'FARGATE');
  const main = definition.containerDefinitions.find(({ name }) => name === 'Main');
  const [mapping, ...more] = main?.portMappings ?? [];
  const named = mapping?.containerPort !== undefined && mapping.name !== undefined && mapping.protocol === 'tcp';
  if (more.length > 0 || !named) {
    throw invalidParameter(
      'The task definition must have a container named Main with a single TCP port mapping that includes a container port and port name.',
    );
  }
}
