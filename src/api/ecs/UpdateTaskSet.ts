import { operation } from '../operation.ts';
import { ecs } from './service.ts';
import { presentTaskSet } from './task-set/present.ts';
import { activeServiceWithTaskSets, livingTaskSet, taskSetResource } from './task-set/resolve.ts';
import { checkedScale } from './task-set/rules.ts';

/** UpdateTaskSet: its scale; the service loop follows with tasks. */
export const UpdateTaskSet = operation(ecs, 'UpdateTaskSet', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateTaskSet',
    resource: taskSetResource(ctx.scope, input, input.taskSet),
  }),
  command: ({ cluster, service, taskSet, scale }, ctx) => ({
    cluster,
    service,
    taskSet,
    scalePercent: checkedScale(scale),
    at: ctx.now,
  }),
  apply: (tx, { taskSet: reference, scalePercent, at, ...named }, ctx) => {
    const service = activeServiceWithTaskSets(tx, ctx.scope, named);
    const taskSet = { ...livingTaskSet(tx, ctx.scope, service, reference), scalePercent, updatedAt: at };
    tx.taskSets.put(taskSet);
    return taskSet;
  },
  output: (taskSet, ctx) => ({ taskSet: presentTaskSet(taskSet, ctx.totals, { tags: false }) }),
});
