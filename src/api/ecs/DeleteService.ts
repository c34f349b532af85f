import { operation } from '../operation.ts';
import { invalidParameter, serviceNotFound } from './errors.ts';
import { serviceArnFrom } from './references.ts';
import { deleted } from './service/delete.ts';
import { newestEvents, presentService } from './service/present.ts';
import { findService } from './service/resolve.ts';
import { ecs } from './service.ts';
import { taskSetsOf } from './task-set/resolve.ts';

/** DeleteService: the service drains and turns INACTIVE when its last task is gone. */
export const DeleteService = operation(ecs, 'DeleteService', {
  authorize: (input, ctx) => ({
    action: 'ecs:DeleteService',
    resource: serviceArnFrom(ctx.scope, input.cluster, input.service),
  }),
  command: (input) => ({
    cluster: input.cluster,
    service: input.service,
    force: input.force ?? false,
  }),
  apply: (tx, command, ctx) => {
    const current = findService(tx, ctx.scope, command.cluster, command.service);
    if (current.status === 'INACTIVE') throw serviceNotFound();
    const scaled = current.desiredCount > 0 && current.schedulingStrategy === 'REPLICA';
    if (current.status === 'ACTIVE' && scaled && !command.force) {
      throw invalidParameter('The service cannot be stopped while it is scaled above 0.');
    }
    const service = deleted(tx, current, ctx);
    return { service, events: newestEvents(tx, service), taskSets: taskSetsOf(tx, service) };
  },
  output: ({ service, events, taskSets }, ctx) => ({
    service: presentService(service, events, ctx.totals, { tags: false, taskSets }),
  }),
});
