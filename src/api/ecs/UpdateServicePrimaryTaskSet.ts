import { withSettings } from '#model';
import { operation } from '../operation.ts';
import { serviceArnFrom } from './references.ts';
import { ecs } from './service.ts';
import { presentTaskSet } from './task-set/present.ts';
import { activeServiceWithTaskSets, livingTaskSet, taskSetsOf } from './task-set/resolve.ts';

/** UpdateServicePrimaryTaskSet: the set becomes PRIMARY, the one before it ACTIVE; the service shows the set's settings. */
export const UpdateServicePrimaryTaskSet = operation(ecs, 'UpdateServicePrimaryTaskSet', {
  authorize: (input, ctx) => ({
    action: 'ecs:UpdateServicePrimaryTaskSet',
    resource: serviceArnFrom(ctx.scope, input.cluster, input.service),
  }),
  command: ({ cluster, service, primaryTaskSet }, ctx) => ({ cluster, service, primaryTaskSet, at: ctx.now }),
  apply: (tx, { primaryTaskSet, at, ...named }, ctx) => {
    const service = activeServiceWithTaskSets(tx, ctx.scope, named);
    const chosen = livingTaskSet(tx, ctx.scope, service, primaryTaskSet);
    if (chosen.status === 'PRIMARY') return chosen;
    for (const taskSet of taskSetsOf(tx, service)) {
      if (taskSet.status === 'PRIMARY') tx.taskSets.put({ ...taskSet, status: 'ACTIVE', updatedAt: at });
    }
    const primary = { ...chosen, status: 'PRIMARY' as const, updatedAt: at };
    tx.taskSets.put(primary);
    tx.services.put(withSettings(service, primary));
    return primary;
  },
  output: (taskSet, ctx) => ({ taskSet: presentTaskSet(taskSet, ctx.totals, { tags: false }) }),
});
