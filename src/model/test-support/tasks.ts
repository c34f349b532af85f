import { Ids, type Instant, instantFromMs, SeededRandom } from '#base';
import {
  type AccountId,
  type ContainerInstanceArn,
  clusterArn,
  newTask,
  type Region,
  type Task,
  type TaskDefinition,
  type TaskSpec,
  taskDefinitionArn,
} from '#model';

export const scope = { accountId: '111111111111' as AccountId, region: 'us-east-1' as Region };
export const host = 'arn:aws:ecs:us-east-1:111111111111:container-instance/c/1' as ContainerInstanceArn;
/** So many seconds after the epoch. */
export const at = (seconds: number): Instant => instantFromMs(seconds * 1000);

/** A definition of one container. */
export function definitionOf(over: Partial<TaskDefinition> = {}): TaskDefinition {
  return {
    ...scope,
    family: 'f',
    revision: 1,
    taskDefinitionArn: taskDefinitionArn(scope, 'f', 1),
    status: 'ACTIVE',
    networkMode: 'bridge',
    containerDefinitions: [{ name: 'main', image: 'a', cpu: 10, memory: 64 }],
    volumes: [],
    placementConstraints: [],
    requiresAttributes: [],
    compatibilities: ['EC2'],
    registeredAt: at(0),
    registeredBy: 'me',
    tags: [],
    ...over,
  };
}

/** A task of the definition that was just asked for, always of the same id. */
export function newTaskOf(definition: TaskDefinition, over: Partial<TaskSpec> = {}): Task {
  const spec = {
    scope,
    clusterArn: clusterArn(scope, 'c'),
    launchType: 'EC2' as const,
    group: 'family:f',
    overrides: { containerOverrides: [] },
    placementConstraints: [],
    enableExecuteCommand: false,
    tags: [],
  };
  return newTask(definition, { ...spec, ...over }, at(1), new Ids(new SeededRandom(1)));
}
