import type { Instant } from '#base';
import type { Scope, TaskDefinition } from '#model';
import type { RoadsteadTx } from '#store';
import { operation } from '../operation.ts';
import { invalidParameter } from './errors.ts';
import { ecs } from './service.ts';
import { presentTaskDefinition, taskDefinitionResource } from './task-definition/index.ts';
import { revisionArnFrom } from './task-definition/resolve.ts';

const maxReferences = 10;

/**
 * DeleteTaskDefinitions: up to ten INACTIVE revisions become DELETE_IN_PROGRESS, and go when no task or service refers
 * to them any more. One that is so already is answered again. What cannot be deleted is a failure of its own.
 */
export const DeleteTaskDefinitions = operation(ecs, 'DeleteTaskDefinitions', {
  authorize: (input, ctx) => ({
    action: 'ecs:DeleteTaskDefinitions',
    resource: input.taskDefinitions.length === 1 ? taskDefinitionResource(ctx.scope, input.taskDefinitions[0]) : '*',
  }),
  command: (input, ctx) => {
    if (input.taskDefinitions.length === 0) {
      throw invalidParameter('size of TaskDefinition references list must be greater than 0');
    }
    if (input.taskDefinitions.length > maxReferences) {
      throw invalidParameter(`Size of TaskDefinition references list cannot exceed ${maxReferences}`);
    }
    return { references: [...new Set(input.taskDefinitions)], at: ctx.now };
  },
  apply: (tx, { references, at }, ctx) => references.map((reference) => requestDelete(tx, ctx.scope, reference, at)),
  output: (outcomes) => ({
    taskDefinitions: outcomes.flatMap((outcome) =>
      'deleted' in outcome ? [presentTaskDefinition(outcome.deleted)] : [],
    ),
    failures: outcomes.flatMap((outcome) => ('deleted' in outcome ? [] : [outcome])),
  }),
});

type Outcome = { readonly deleted: TaskDefinition } | { readonly arn: string; readonly reason: string };

function requestDelete(tx: RoadsteadTx, scope: Scope, reference: string, at: Instant): Outcome {
  const arn = revisionArnFrom(scope, reference);
  if (arn === undefined) {
    return {
      arn: reference,
      reason: 'The specified task definition identifier is invalid. Specify a valid name or ARN and try again.',
    };
  }
  const definition = tx.taskDefinitions.find(arn);
  if (definition === undefined || definition.accountId !== scope.accountId || definition.region !== scope.region) {
    return {
      arn,
      reason: 'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
    };
  }
  if (definition.status === 'ACTIVE') {
    return {
      arn,
      reason: 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
    };
  }
  if (definition.status === 'DELETE_IN_PROGRESS') return { deleted: definition };
  const deleted: TaskDefinition = { ...definition, status: 'DELETE_IN_PROGRESS', deleteRequestedAt: at };
  tx.taskDefinitions.put(deleted);
  return { deleted };
}
