import { operation } from '../operation.ts';
import { clientError } from './errors.ts';
import { ecs } from './service.ts';
import { findTaskDefinition, parseTaskDefinitionReference, presentTaskDefinition } from './task-definition/index.ts';

/** DescribeTaskDefinition: a revision in any status, or the newest ACTIVE one of a family. */
export const DescribeTaskDefinition = operation(ecs, 'DescribeTaskDefinition', {
  authorize: () => ({ action: 'ecs:DescribeTaskDefinition', resource: '*' }),
  command: (input, ctx) => ({
    reference: parseTaskDefinitionReference(ctx.scope, input.taskDefinition),
    tags: input.include?.includes('TAGS') ?? false,
  }),
  read: (view, { reference, tags }, ctx) => {
    const definition = findTaskDefinition(view, ctx.scope, reference);
    if (definition === undefined) throw clientError('Unable to describe task definition.');
    return { definition, tags };
  },
  output: ({ definition, tags }) => ({
    taskDefinition: presentTaskDefinition(definition),
    ...(tags ? { tags: definition.tags } : {}),
  }),
});
