import {
  type Cluster,
  newTask,
  type PlacementConstraint,
  placeTask,
  type Tag,
  type Task,
  type TaskDefinition,
  type TaskSpec,
} from '#model';
import { type PlacementRequest, type PlacementResult, placementRequestOf } from '#scheduler';
import type { RoadsteadTx } from '#store';
import type { OperationContext } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';
import { mergedTags } from '../tags/rules.ts';

/** What placement must find room for. */
export function placementRequest(
  sample: Task,
  definition: TaskDefinition,
  wanted: {
    readonly count: number;
    readonly constraints: readonly PlacementConstraint[];
    readonly strategies: PlacementRequest['strategies'];
    readonly zones: readonly string[] | undefined;
  },
): PlacementRequest {
  const { count, zones, ...asked } = wanted;
  return placementRequestOf({ task: sample, definition, ...asked, ...(zones === undefined ? {} : { zones }) }, count);
}

/** Makes one task on each of the hosts that placement chose, and stores it. */
export function startTasksOn(
  tx: RoadsteadTx,
  { placed, gpuIds }: Pick<PlacementResult, 'placed' | 'gpuIds'>,
  definition: TaskDefinition,
  spec: TaskSpec,
  ctx: OperationContext,
): Task[] {
  return placed.map((arn, index) => {
    const host = tx.containerInstances.get(arn);
    const zone = host.attributes.find((attribute) => attribute.name === 'ecs.availability-zone')?.value;
    const task = placeTask(newTask(definition, spec, ctx.now, ctx.ids), arn, zone, gpuIds[index]);
    tx.tasks.put(task);
    return task;
  });
}

/** The tags of a new standalone task: the request's, then the definition's if asked for, then ECS's own. */
export function taskTags(
  request: {
    readonly tags: readonly Tag[];
    readonly propagateTags: 'TASK_DEFINITION' | 'NONE';
    readonly enableECSManagedTags: boolean;
  },
  definition: TaskDefinition,
  cluster: Cluster,
): readonly Tag[] {
  return mergedTags(
    request.tags,
    request.propagateTags === 'TASK_DEFINITION' ? definition.tags : [],
    request.enableECSManagedTags ? [{ key: 'aws:ecs:clusterName', value: cluster.clusterName }] : [],
  );
}

/** Checks `group`; the default is the family. */
export function checkedGroup(group: string | undefined): string | undefined {
  if (group === undefined || group === '') return undefined;
  if (group.length > 255) throw invalidParameter('Task group cannot be longer than 255 characters.');
  if (/^(service|ecs):/.test(group)) {
    throw invalidParameter(`Invalid namespace for group: ${group}. The prefixes service: and ecs: are reserved.`);
  }
  return group;
}

const maxReferenceId = 1024;

/** Checks `referenceId`, a text of the caller's own that nothing reads. */
export function checkReferenceId(referenceId: string | undefined): void {
  if ((referenceId?.length ?? 0) > maxReferenceId) {
    throw invalidParameter(`referenceId cannot be longer than ${maxReferenceId} characters.`);
  }
}

/** Checks `startedBy`: letters, digits, hyphens, underscores and slashes. */
export function checkedStartedBy(startedBy: string | undefined, maxLength: number): string | undefined {
  if (startedBy === undefined || startedBy === '') return undefined;
  if (startedBy.length > maxLength) throw invalidParameter(`startedBy cannot be longer than ${maxLength} characters.`);
  if (!/^[a-zA-Z0-9\-_/]+$/.test(startedBy)) throw invalidParameter('startedBy contains invalid characters.');
  return startedBy;
}

/** Checks `propagateTags` of a standalone task, which has no service to take tags from. */
export function checkedPropagation(propagateTags: string | undefined): 'TASK_DEFINITION' | 'NONE' {
  if (propagateTags === 'SERVICE') {
    throw invalidParameter('propagateTags should be one of [TASK_DEFINITION,NONE] for a standalone task');
  }
  return propagateTags === 'TASK_DEFINITION' ? 'TASK_DEFINITION' : 'NONE';
}

/** ECS Exec needs a role to speak with. */
export function requireExecRole(enabled: boolean, roleArn: string | undefined): void {
  if (enabled && roleArn === undefined) {
    throw invalidParameter(
      "The task couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
    );
  }
}
