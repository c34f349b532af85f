import type { ContainerDefinition, Scope, Tag, TaskDefinition, TaskDefinitionContent } from '#model';
import type { RoadsteadTx } from '#store';
import type { OperationContext } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';
import { parseTaskDefinition, resolveTaskDefinition } from '../task-definition/index.ts';
import { registered } from '../task-definition/register.ts';
import { defaultSize, type ExpressContainer, type ExpressSettings, mainContainer, requireMain } from './rules.ts';

export interface LogPlace {
  readonly logGroup: string;
  readonly logStreamPrefix: string;
}

/** The stream prefix that ECS takes. */
export const defaultStreamPrefix = 'ecs';

/** What is asked of a new service's tasks: the user's own definition, or one that is registered for it. */
export function newDefinition(
  tx: RoadsteadTx,
  input: ExpressSettings,
  made: { readonly family: string; readonly logs: LogPlace; readonly tags: readonly Tag[] },
  ctx: OperationContext,
): TaskDefinition {
  const { taskDefinitionArn, primaryContainer: container } = input;
  if (taskDefinitionArn !== undefined) return ownDefinition(tx, taskDefinitionArn, ctx);
  if (container === undefined) throw invalidParameter('primaryContainer must be specified.');
  const { cpu = defaultSize.cpu, memory = defaultSize.memory, executionRoleArn, taskRoleArn } = input;
  const parsed = parseTaskDefinition(
    {
      family: made.family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      runtimePlatform: { cpuArchitecture: input.cpuArchitecture ?? 'X86_64', operatingSystemFamily: 'LINUX' },
      cpu,
      memory,
      ...(executionRoleArn === undefined ? {} : { executionRoleArn }),
      ...(taskRoleArn === undefined ? {} : { taskRoleArn }),
      containerDefinitions: [{ ...mainContainer(container), logConfiguration: logConfiguration(made.logs, ctx.scope) }],
    },
    ctx.settings.quotas,
  );
  return registered(tx, { ...parsed, tags: made.tags }, ctx);
}

/**
 * The definition after an update: the one that is named, the next revision of the present one with what changes, or the
 * present one. What a container that is given leaves out stays as it is.
 */
export function changedDefinition(
  tx: RoadsteadTx,
  current: TaskDefinition,
  input: ExpressSettings,
  ctx: OperationContext,
): TaskDefinition {
  if (input.taskDefinitionArn !== undefined) return ownDefinition(tx, input.taskDefinitionArn, ctx);
  const { primaryContainer, cpu, memory, cpuArchitecture, executionRoleArn, taskRoleArn } = input;
  const given = { cpu, memory, executionRoleArn, taskRoleArn };
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (Object.keys(changes).length === 0 && cpuArchitecture === undefined && primaryContainer === undefined) {
    return current;
  }
  const { family, volumes, containerDefinitions, placementConstraints: _, ...content } = contentOf(current);
  const { runtimePlatform } = content;
  const parsed = parseTaskDefinition(
    {
      ...(content as object),
      ...changes,
      family,
      volumes: [...volumes],
      ...(cpuArchitecture === undefined ? {} : { runtimePlatform: { ...runtimePlatform, cpuArchitecture } }),
      containerDefinitions: containerDefinitions.map((each) =>
        each.name === 'Main' && primaryContainer !== undefined
          ? changedContainer(each, primaryContainer, ctx.scope)
          : each,
      ),
    } as Parameters<typeof parseTaskDefinition>[0],
    ctx.settings.quotas,
  );
  return registered(tx, { ...parsed, tags: current.tags }, ctx);
}

function ownDefinition(tx: RoadsteadTx, reference: string, ctx: OperationContext): TaskDefinition {
  const definition = resolveTaskDefinition(tx, ctx.scope, reference);
  requireMain(definition);
  return definition;
}

/** What the user said of a definition, without what registering added. */
function contentOf(definition: TaskDefinition): TaskDefinitionContent {
  const identity = ['accountId', 'region', 'taskDefinitionArn', 'revision', 'tags'];
  const registration = ['status', 'registeredAt', 'registeredBy', 'deregisteredAt', 'deleteRequestedAt'];
  const added = new Set([...identity, ...registration, 'requiresAttributes', 'compatibilities']);
  const said = Object.entries(definition).filter(([member]) => !added.has(member));
  return Object.fromEntries(said) as unknown as TaskDefinitionContent;
}

function changedContainer(before: ContainerDefinition, container: ExpressContainer, scope: Scope): ContainerDefinition {
  const { portMappings, name: _, ...changed } = mainContainer(container);
  const { awsLogsConfiguration: logs } = container;
  return {
    ...before,
    ...changed,
    // Another port takes the place of the one before; the engine gives it out anew.
    ...(container.containerPort === undefined ? {} : { portMappings }),
    ...(logs === undefined ? {} : { logConfiguration: logConfiguration(logs, scope) }),
  } as ContainerDefinition;
}

function logConfiguration({ logGroup, logStreamPrefix }: LogPlace, { region }: Scope) {
  const options = { 'awslogs-group': logGroup, 'awslogs-region': region, 'awslogs-stream-prefix': logStreamPrefix };
  return { logDriver: 'awslogs' as const, options };
}

/** The container that answers requests, and its port. */
export function mainOf(definition: TaskDefinition): { readonly container: ContainerDefinition; readonly port: number } {
  const container = definition.containerDefinitions.find(({ name }) => name === 'Main');
  const port = container?.portMappings?.[0]?.containerPort;
  if (container === undefined || port === undefined) {
    throw invalidParameter('The task definition of the service has no container named Main with a port any longer.');
  }
  return { container, port };
}
