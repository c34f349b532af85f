import type { TaskDefinition } from '#model';
import { operation } from '../operation.ts';
import { clientError } from './errors.ts';
import { ecs } from './service.ts';
import { findTaskDefinition, parseTaskDefinitionReference, presentTaskDefinition } from './task-definition/index.ts';

/** DeregisterTaskDefinition: ACTIVE to INACTIVE. What runs from the revision goes on running. */
export const DeregisterTaskDefinition = operation(ecs, 'DeregisterTaskDefinition', {
  authorize: () => ({ action: 'ecs:DeregisterTaskDefinition', resource: '*' }),
  command: (input, ctx) => {
    const reference = parseTaskDefinitionReference(ctx.scope, input.taskDefinition);
    if (reference.revision === undefined) throw clientError('Revision is missing.');
    return { reference, at: ctx.now };
  },
  apply: (tx, { reference, at }, ctx): TaskDefinition => {
    const definition = findTaskDefinition(tx, ctx.scope, reference);
    if (definition === undefined) {
      throw clientError(
        'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
      );
    }
    if (definition.status !== 'ACTIVE') {
      throw clientError('The specified task definition is inactive. You must specify an active task definition.');
    }
    const inactive: TaskDefinition = { ...definition, status: 'INACTIVE', deregisteredAt: at };
    tx.taskDefinitions.put(inactive);
    return inactive;
  },
  output: (definition) => ({ taskDefinition: presentTaskDefinition(definition) }),
});
