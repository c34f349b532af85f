import { type TaskDefinition, taskDefinitionArn } from '#model';
import { operation } from '../operation.ts';
import { clientError } from './errors.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';
import { parseTaskDefinition, presentTaskDefinition, taskDefinitionResource } from './task-definition/index.ts';
import { familyKey } from './task-definition/resolve.ts';

/** RegisterTaskDefinition: always a new revision, one above the last the family ever had. */
export const RegisterTaskDefinition = operation(ecs, 'RegisterTaskDefinition', {
  authorize: (input, ctx) => ({
    action: 'ecs:RegisterTaskDefinition',
    resource: taskDefinitionResource(ctx.scope, input.family),
  }),
  command: (input, ctx) => {
    if (input.tags?.length === 0) throw clientError('Tags can not be empty.');
    return {
      ...parseTaskDefinition(input, ctx.settings.quotas),
      tags: checkedTags(input.tags, ctx.settings.quotas),
      at: ctx.now,
      registeredBy: ctx.principal.arn,
    };
  },
  apply: (tx, { content, ...command }, ctx): TaskDefinition => {
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
      requiresAttributes: command.requiresAttributes,
      compatibilities: command.compatibilities,
      registeredAt: command.at,
      registeredBy: command.registeredBy,
      tags: command.tags,
    };
    tx.taskDefinitionFamilies.put({ ...ctx.scope, family, lastRevision: revision });
    tx.taskDefinitions.put(definition);
    return definition;
  },
  output: (definition) => ({
    taskDefinition: presentTaskDefinition(definition),
    ...(definition.tags.length === 0 ? {} : { tags: definition.tags }),
  }),
});
