import { operation } from '../operation.ts';
import { invalidParameter } from './errors.ts';
import { ecs } from './service.ts';
import { presentTaskSet } from './task-set/present.ts';
import { activeServiceWithTaskSets, findTaskSet, taskSetResource } from './task-set/resolve.ts';

/** DeleteTaskSet: the set is DRAINING until its last task is gone. */
export const DeleteTaskSet = operation(ecs, 'DeleteTaskSet', {
  authorize: (input, ctx) => ({
    action: 'ecs:DeleteTaskSet',
    resource: taskSetResource(ctx.scope, input, input.taskSet),
  }),
  command: ({ cluster, service, taskSet, force }, ctx) => ({
    cluster,
    service,
    taskSet,
    force: force ?? false,
    at: ctx.now,
  }),
  apply: (tx, { taskSet: reference, force, at, ...named }, ctx) => {
    const service = activeServiceWithTaskSets(tx, ctx.scope, named);
    const taskSet = findTaskSet(tx, ctx.scope, service, reference);
    if (taskSet.status === 'DRAINING') return taskSet;
    if (taskSet.status === 'PRIMARY' && !force) {
      throw invalidParameter('The primary task set cannot be deleted. Make another one primary first, or use force.');
    }
    if (taskSet.scalePercent > 0 && !force) {
      throw invalidParameter('The task set cannot be deleted while it is scaled above 0. Scale it to 0, or use force.');
    }
    const draining = { ...taskSet, status: 'DRAINING' as const, updatedAt: at };
    tx.taskSets.put(draining);
    return draining;
  },
  output: (taskSet, ctx) => ({ taskSet: presentTaskSet(taskSet, ctx.totals, { tags: false }) }),
});
