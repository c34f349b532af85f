import {
  type ContainerInstance,
  clusterArn,
  containerInstanceArn,
  interruptTask,
  parseEcsArn,
  type Scope,
  type Task,
  taskArn,
} from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { type OperationContext, operation } from '../operation.ts';
import { roadstead } from './service.ts';

/** Source: "Amazon ECS task definitions for Fargate Spot": what a task says that was interrupted. */
const interruptedReason = 'Your Spot Task was interrupted.';

/** What is to be interrupted. */
type Target = { readonly task: Task } | { readonly instance: ContainerInstance };

/**
 * InterruptSpot: takes capacity back as AWS does, so that users can see how their tasks take it. A FARGATE_SPOT task is
 * stopped: SIGTERM now, SIGKILL after its stop timeout, two minutes at most. A container instance is set DRAINING, as
 * an agent does that learns of its instance's interruption.
 */
export const InterruptSpot = operation(roadstead, 'InterruptSpot', {
  authorize: () => ({ action: 'roadstead:InterruptSpot', resource: '*' }),
  command: ({ target, cluster }, ctx) => ({ target, cluster: cluster ?? 'default', at: ctx.now }),
  apply: (tx, { target, cluster, at }, ctx) => {
    const found = resolveTarget(tx, ctx, target, cluster);
    return 'task' in found ? stopSpotTask(tx, found.task, at) : drainInstance(tx, found.instance);
  },
  output: (interrupted) => interrupted,
});

function stopSpotTask(tx: RoadsteadTx, task: Task, at: OperationContext['now']) {
  if (task.capacityProviderName !== 'FARGATE_SPOT') {
    const where = task.capacityProviderName ?? `launch type ${task.launchType}`;
    throw new ApiError(
      'InvalidParameterException',
      `The task ${task.taskArn} runs on ${where}. Only tasks of the capacity provider FARGATE_SPOT are interrupted one by one; of others, interrupt the container instance.`,
    );
  }
  tx.tasks.put(interruptTask(task, { reason: interruptedReason, at }));
  return { taskArn: task.taskArn };
}

function drainInstance(tx: RoadsteadTx, instance: ContainerInstance) {
  if (instance.status === 'ACTIVE') {
    tx.containerInstances.put({ ...instance, status: 'DRAINING', version: instance.version + 1 });
  }
  return { containerInstanceArn: instance.containerInstanceArn };
}

/** A task or an instance of the caller's, by ARN, by id, or an instance by its `i-…`. */
function resolveTarget(view: RoadsteadView, { scope }: OperationContext, target: string, cluster: string): Target {
  for (const [task, instance] of candidates(view, scope, target, cluster)) {
    if (task !== undefined) return { task };
    if (instance !== undefined && instance.status !== 'INACTIVE') return { instance };
  }
  throw new ApiError(
    'ResourceNotFoundException',
    `There is no task and no container instance ${target} in the cluster ${cluster}.`,
  );
}

function* candidates(
  view: RoadsteadView,
  scope: Scope,
  target: string,
  cluster: string,
): Iterable<readonly [Task | undefined, ContainerInstance | undefined]> {
  const parsed = parseEcsArn(target);
  if (parsed !== undefined) {
    if (parsed.scope.accountId !== scope.accountId || parsed.scope.region !== scope.region) return;
    yield [view.tasks.find(target), view.containerInstances.find(target)];
    return;
  }
  const name = parseEcsArn(cluster)?.path[0] ?? cluster;
  yield [
    view.tasks.find(taskArn(scope, name, target)),
    view.containerInstances.find(containerInstanceArn(scope, name, target)),
  ];
  for (const instance of view.containerInstances.by('cluster', clusterArn(scope, name))) {
    if (instance.ec2InstanceId === target) yield [undefined, instance];
  }
}
