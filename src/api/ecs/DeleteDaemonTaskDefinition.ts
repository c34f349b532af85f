import type { DaemonTaskDefinition } from '#model';
import { operation } from '../operation.ts';
import {
  daemonTaskDefinitionResource,
  findDaemonTaskDefinition,
  parseDaemonReference,
} from './daemon-task-definition/resolve.ts';
import { clientError } from './errors.ts';
import { ecs } from './service.ts';

/** DeleteDaemonTaskDefinition: an ACTIVE revision becomes DELETE_IN_PROGRESS, and DELETED when nothing refers to it. */
export const DeleteDaemonTaskDefinition = operation(ecs, 'DeleteDaemonTaskDefinition', {
  authorize: (input, ctx) => ({
    action: 'ecs:DeleteDaemonTaskDefinition',
    resource: daemonTaskDefinitionResource(ctx.scope, input.daemonTaskDefinition),
  }),
  command: (input, ctx) => {
    const reference = parseDaemonReference(ctx.scope, input.daemonTaskDefinition);
    if (reference.revision === undefined) throw clientError('Revision is missing.');
    return { reference, at: ctx.now };
  },
  apply: (tx, { reference, at }, ctx): DaemonTaskDefinition => {
    const definition = findDaemonTaskDefinition(tx, ctx.scope, reference);
    if (definition === undefined) {
      throw clientError(
        'The specified daemon task definition does not exist. Specify a valid account, family, revision and try again.',
      );
    }
    if (definition.status !== 'ACTIVE') {
      throw clientError(
        'The specified daemon task definition is inactive. You must specify an active daemon task definition.',
      );
    }
    const deleted: DaemonTaskDefinition = { ...definition, status: 'DELETE_IN_PROGRESS', deleteRequestedAt: at };
    tx.daemonTaskDefinitions.put(deleted);
    return deleted;
  },
  output: ({ daemonTaskDefinitionArn }) => ({ daemonTaskDefinitionArn }),
});
