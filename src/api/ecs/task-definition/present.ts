import type { TaskDefinition } from '#model';
import type { PresentedTaskDefinition } from './input.ts';

/**
 * A task definition as the API shows it, its members in the order ECS answers them; what was not given is absent.
 * Tags are no part of it: answers carry them beside it.
 */
export function presentTaskDefinition(definition: TaskDefinition): PresentedTaskDefinition {
  // The content is of the SDK's own shape, checked against it when the definition was registered.
  return {
    taskDefinitionArn: definition.taskDefinitionArn,
    containerDefinitions: definition.containerDefinitions,
    family: definition.family,
    ...given(definition, 'taskRoleArn', 'executionRoleArn', 'networkMode'),
    revision: definition.revision,
    volumes: definition.volumes,
    status: definition.status,
    ...(definition.requiresAttributes.length === 0 ? {} : { requiresAttributes: definition.requiresAttributes }),
    placementConstraints: definition.placementConstraints,
    compatibilities: definition.compatibilities,
    ...given(
      definition,
      'runtimePlatform',
      'requiresCompatibilities',
      'cpu',
      'memory',
      'pidMode',
      'ipcMode',
      'proxyConfiguration',
    ),
    registeredAt: definition.registeredAt,
    ...given(definition, 'deregisteredAt', 'deleteRequestedAt'),
    registeredBy: definition.registeredBy,
    ...given(definition, 'ephemeralStorage', 'enableFaultInjection'),
  } as PresentedTaskDefinition;
}

/** Those of the members that the record has. */
function given<K extends keyof TaskDefinition>(
  definition: TaskDefinition,
  ...members: readonly K[]
): { [M in K]?: Exclude<TaskDefinition[M], undefined> } {
  const present: { [M in K]?: TaskDefinition[M] } = {};
  for (const member of members) {
    if (definition[member] !== undefined) present[member] = definition[member];
  }
  return present as { [M in K]?: Exclude<TaskDefinition[M], undefined> };
}
