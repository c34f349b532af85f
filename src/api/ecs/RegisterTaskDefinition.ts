import { operation } from '../operation.ts';
import { clientError } from './errors.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';
import { parseTaskDefinition, presentTaskDefinition, taskDefinitionResource } from './task-definition/index.ts';
import { registered } from './task-definition/register.ts';

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
    };
  },
  apply: registered,
  output: (definition) => ({
    taskDefinition: presentTaskDefinition(definition),
    ...(definition.tags.length === 0 ? {} : { tags: definition.tags }),
  }),
});
