import type { Instant } from '#base';
import type { Service } from '#model';
import type { RoadsteadTx } from '#store';
import { taskSetsOf } from './resolve.ts';

/** What becomes of the task sets of a service that was just deleted: they go with it, or empty themselves with it. */
export function deleteTaskSetsOf(tx: RoadsteadTx, service: Service, at: Instant): void {
  for (const taskSet of taskSetsOf(tx, service)) {
    if (service.status === 'INACTIVE') tx.taskSets.delete(taskSet.taskSetArn);
    else if (taskSet.status !== 'DRAINING') tx.taskSets.put({ ...taskSet, status: 'DRAINING', updatedAt: at });
  }
}
