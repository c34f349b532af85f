import { operation } from '../operation.ts';
import { presentDaemonTaskDefinition } from './daemon-task-definition/present.ts';
import {
  daemonTaskDefinitionResource,
  findDaemonTaskDefinition,
  parseDaemonReference,
} from './daemon-task-definition/resolve.ts';
import { clientError } from './errors.ts';
import { ecs } from './service.ts';

/** DescribeDaemonTaskDefinition: a revision in any status, or the newest ACTIVE one of a family. */
export const DescribeDaemonTaskDefinition = operation(ecs, 'DescribeDaemonTaskDefinition', {
  authorize: (input, ctx) => ({
    action: 'ecs:DescribeDaemonTaskDefinition',
    resource: daemonTaskDefinitionResource(ctx.scope, input.daemonTaskDefinition),
  }),
  command: (input, ctx) => parseDaemonReference(ctx.scope, input.daemonTaskDefinition),
  read: (view, reference, ctx) => {
    const definition = findDaemonTaskDefinition(view, ctx.scope, reference);
    if (definition === undefined) throw clientError('Unable to describe daemon task definition.');
    return definition;
  },
  output: (definition) => ({ daemonTaskDefinition: presentDaemonTaskDefinition(definition) }),
});
