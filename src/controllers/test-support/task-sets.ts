import { type TaskSet, taskSetArn } from '#model';
import { testDeployment } from './records.ts';
import { ServiceWorld, type WorldOptions } from './service-world.ts';

/** A world whose service is deployed by somebody else: without a task set at first. */
export function externalWorld(options: WorldOptions = {}): ServiceWorld {
  const service = { deploymentController: 'EXTERNAL' as const, deployments: [], ...options.service };
  return new ServiceWorld({ ...options, service });
}

/** A task set as CreateTaskSet stores one, in the world. */
export function addTaskSet(world: ServiceWorld, scalePercent: number, overrides: Partial<TaskSet> = {}): TaskSet {
  const { accountId, region, serviceArn, clusterArn } = world.service;
  const definition = world.definitions[0];
  if (definition === undefined) throw new Error('no definition');
  const { id, taskDefinitionArn, launchType } = testDeployment(world.ids, definition);
  const made: TaskSet = {
    accountId,
    region,
    serviceArn,
    clusterArn,
    id,
    taskSetArn: taskSetArn(serviceArn, id),
    taskDefinitionArn,
    launchType,
    status: 'ACTIVE',
    scalePercent,
    computedDesiredCount: 0,
    stabilityStatus: 'STABILIZING',
    stabilityStatusAt: world.now,
    createdAt: world.now,
    updatedAt: world.now,
    tags: [],
    requestDigest: '',
    ...overrides,
  };
  world.taskSets.set(made.taskSetArn, made);
  return made;
}

/** What a user changes of a task set. */
export function changeTaskSet(
  world: ServiceWorld,
  { taskSetArn: arn }: Pick<TaskSet, 'taskSetArn'>,
  change: Partial<TaskSet>,
): void {
  world.taskSets.set(arn, { ...taskSetIn(world, { taskSetArn: arn }), ...change });
}

/** The set as it is now. */
export function taskSetIn(world: ServiceWorld, { taskSetArn: arn }: Pick<TaskSet, 'taskSetArn'>): TaskSet {
  const found = world.taskSets.get(arn);
  if (found === undefined) throw new Error('no such task set');
  return found;
}
