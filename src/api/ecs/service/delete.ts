import { holdsResources, type Service } from '#model';
import type { RoadsteadTx } from '#store';
import type { OperationContext } from '../../operation.ts';
import { deleteTaskSetsOf } from '../task-set/delete.ts';
import { endServiceDeployments } from './deployment.ts';

/** Stores the service as deleted: it drains, unless no task is left of it. */
export function deleted(tx: RoadsteadTx, current: Service, ctx: OperationContext): Service {
  const tasksLeft = [...tx.tasks.by('service', current.serviceArn)].some(holdsResources);
  const service: Service = {
    ...current,
    desiredCount: 0,
    tags: [],
    ...(tasksLeft ? { status: 'DRAINING' } : { status: 'INACTIVE', inactiveAt: ctx.now }),
  };
  endServiceDeployments(tx, current, 'the service was deleted', ctx);
  tx.services.put(service);
  deleteTaskSetsOf(tx, service, ctx.now);
  return service;
}
