import { afterMs, type Clock, type Instant, type Logger } from '#base';
import { type ExpressScalingTarget, primaryDeployment, type Service, type Task } from '#model';
import type { RoadsteadStore, RoadsteadView } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { scalingLookMs } from './limits.ts';
import { decideLoad, freshLoadMemory, type LoadMemory, type LoadView } from './scaling.ts';

/** What a task used on average in the last whole minute; what is not known is absent. */
export interface TaskLoad {
  /** 1024 are one processor. */
  readonly cpuUnits?: number;
  readonly memoryMiB?: number;
}

/** Whoever knows what tasks use. Read inside a transaction: from memory, at once. */
export interface TaskLoads {
  find(taskArn: string): TaskLoad | undefined;
}

export interface ExpressScalingDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly loads: TaskLoads;
  readonly logger: Logger;
}

interface Look {
  readonly at: Instant;
  readonly memory: LoadMemory;
}

/** Says once a minute how many tasks each Express service should have. Keys are ARNs of services. */
export class ExpressScalingController implements Controller {
  readonly name = 'express-scaling';
  readonly lanes = 4;
  readonly #deps: ExpressScalingDeps;
  readonly #looks = new Map<string, Look>();

  constructor(deps: ExpressScalingDeps) {
    this.#deps = deps;
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table !== 'services' || change.after?.express === undefined) return;
    const { before, after } = change;
    const news = before?.status !== after.status || before.express?.scalingTarget !== after.express?.scalingTarget;
    if (news) yield change.key;
  }

  *allKeys(view: RoadsteadView): Iterable<string> {
    for (const arn of view.services.values('express')) {
      for (const { serviceArn } of view.services.by('express', arn)) yield serviceArn;
    }
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock, logger } = this.#deps;
    return await store.update('express', (tx) => {
      const now = clock.now();
      const service = tx.services.find(key);
      if (service?.status !== 'ACTIVE' || service.express === undefined) {
        this.#looks.delete(key);
        return undefined;
      }
      const last = this.#looks.get(key);
      if (last !== undefined && afterMs(last.at, scalingLookMs) > now) return afterMs(last.at, scalingLookMs);
      const view = this.#viewOf(tx, service, service.express.scalingTarget);
      const { desiredCount, memory } = decideLoad(view, last?.memory ?? freshLoadMemory);
      this.#looks.set(key, { at: now, memory });
      if (desiredCount !== service.desiredCount) {
        tx.services.put({ ...service, desiredCount });
        const { serviceName } = service;
        logger.info('an Express service is scaled', { service: serviceName, from: service.desiredCount, desiredCount });
      }
      return afterMs(now, scalingLookMs);
    });
  }

  #viewOf(view: RoadsteadView, service: Service, target: ExpressScalingTarget): LoadView {
    const { desiredCount, serviceArn } = service;
    const deploying = primaryDeployment(service)?.rolloutState === 'IN_PROGRESS';
    const running = [...view.tasks.by('service', serviceArn)].filter(({ lastStatus }) => lastStatus === 'RUNNING');
    return {
      desiredCount,
      target,
      deploying,
      percents: running.flatMap((task) => this.#percentOf(task, target) ?? []),
    };
  }

  #percentOf({ taskArn, reserves }: Task, { autoScalingMetric: metric }: ExpressScalingTarget): number | undefined {
    const load = this.#deps.loads.find(taskArn);
    const used = metric === 'AVERAGE_CPU' ? load?.cpuUnits : load?.memoryMiB;
    const has = metric === 'AVERAGE_CPU' ? reserves.cpuUnits : reserves.memoryMiB;
    return used === undefined || has === 0 ? undefined : (100 * used) / has;
  }
}
