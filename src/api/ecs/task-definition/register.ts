import { type Tag, type TaskDefinition, taskDefinitionArn } from '#model';
import type { RoadsteadTx } from '#store';
import type { OperationContext } from '../../operation.ts';
import { clientError } from '../errors.ts';
import type { ParsedTaskDefinition } from './parse.ts';
import { familyKey } from './resolve.ts';

/** Stores the next revision of a family: one above the last it ever had. ClientException when it can have no more. */
export function registered(
  tx: RoadsteadTx,
  { content, requiresAttributes, compatibilities, tags }: ParsedTaskDefinition & { readonly tags: readonly Tag[] },
  ctx: OperationContext,
): TaskDefinition {
  const { family } = content;
  const lastRevision = tx.taskDefinitionFamilies.find(familyKey(ctx.scope, family))?.lastRevision ?? 0;
  if (lastRevision >= ctx.settings.quotas.revisionsPerFamily)
    throw clientError('Too many revisions of the specified family.');
  const revision = lastRevision + 1;
  const definition: TaskDefinition = {
    ...ctx.scope,
    ...content,
    taskDefinitionArn: taskDefinitionArn(ctx.scope, family, revision),
    revision,
    status: 'ACTIVE',
    requiresAttributes,
    compatibilities,
    registeredAt: ctx.now,
    registeredBy: ctx.principal.arn,
    tags,
  };
  tx.taskDefinitionFamilies.put({ ...ctx.scope, family, lastRevision: revision });
  tx.taskDefinitions.put(definition);
  return definition;
}
