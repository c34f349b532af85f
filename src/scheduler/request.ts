import type { PlacementConstraint, PlacementStrategy, RequiredAttribute, Task, TaskDefinition } from '#model';
import type { PlacementRequest } from './types.ts';

/** How ECS places a service that names no strategy: over the zones, and there over the instances. */
export const defaultServiceStrategies: readonly PlacementStrategy[] = [
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'instanceId' },
];

/** What a placement request takes from one of the equal tasks it stands for, and from their definition. */
export interface PlacementSource {
  readonly task: Pick<
    Task,
    'launchType' | 'reserves' | 'group' | 'attachment' | 'enableExecuteCommand' | 'serviceConnect'
  >;
  readonly definition: Pick<TaskDefinition, 'requiresAttributes' | 'placementConstraints' | 'runtimePlatform'>;
  /** Those of RunTask or of the service; the definition's own are added. */
  readonly constraints: readonly PlacementConstraint[];
  readonly strategies: readonly PlacementStrategy[];
  /** The zones of the awsvpc subnets. */
  readonly zones?: readonly string[];
  /** The only zone that will do. */
  readonly inZone?: string;
  /** The provider whose instances are asked for; absent on Fargate. */
  readonly capacityProvider?: string;
}

/** A request for `count` tasks like the given one. */
export function placementRequestOf(source: PlacementSource, count: number): PlacementRequest {
  const { task, definition, strategies, zones } = source;
  return {
    count,
    launchType: task.launchType,
    reserves: task.reserves,
    requiresAttributes: [
      ...definition.requiresAttributes.filter(({ name }) => task.launchType !== 'FARGATE' || !ofValues.test(name)),
      ...platformAttributes(definition.runtimePlatform),
      ...(task.enableExecuteCommand ? [{ name: 'ecs.capability.execute-command' }] : []),
      ...(task.serviceConnect === undefined ? [] : [{ name: 'ecs.capability.service-connect-v1' }]),
    ],
    constraints: distinct([...definition.placementConstraints, ...source.constraints]),
    strategies,
    group: task.group,
    ...interfacesOf(task),
    ...(zones === undefined ? {} : { zones }),
    ...(source.inZone === undefined ? {} : { inZone: source.inZone }),
    ...(source.capacityProvider === undefined ? {} : { capacityProvider: source.capacityProvider }),
  };
}

/**
 * Secrets, environment files and logins. Fargate does not refuse a task for them: one that cannot be given its own stops,
 * and says why (`ResourceInitializationError`).
 */
const ofValues = /^ecs\.capability\.(secrets\.|env-files\.|private-registry-authentication\.)/;

/** A task with an interface of its own takes one of its instance's; hosts of the Fargate pool are not asked. */
function interfacesOf({
  launchType,
  attachment,
}: Pick<Task, 'launchType' | 'attachment'>): Pick<PlacementRequest, 'interfaces'> {
  return attachment === undefined || launchType === 'FARGATE' ? {} : { interfaces: 1 };
}

/** What a runtime platform asks of an instance: `X86_64` and `LINUX` are its architecture and family of systems. */
function platformAttributes(platform: TaskDefinition['runtimePlatform']): readonly RequiredAttribute[] {
  const architecture = platform?.cpuArchitecture;
  const family = platform?.operatingSystemFamily;
  return [
    ...(architecture === undefined ? [] : [{ name: 'ecs.cpu-architecture', value: architecture.toLowerCase() }]),
    ...(family === undefined ? [] : [{ name: 'ecs.os-family', value: family }]),
  ];
}

/** A caller may have added the definition's constraints already. */
function distinct(constraints: readonly PlacementConstraint[]): readonly PlacementConstraint[] {
  const byText = new Map<string, PlacementConstraint>();
  for (const constraint of constraints) {
    byText.set(constraint.type === 'memberOf' ? constraint.expression : '', constraint);
  }
  return [...byText.values()];
}
