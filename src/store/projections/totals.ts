import { ClusterCounts } from './cluster-counts.ts';
import { InstanceLoads } from './instance-load.ts';
import { ServiceCounts } from './service-counts.ts';
import { WaitingTasks } from './waiting-tasks.ts';

/** The totals that the store keeps beside its tables. */
export interface Totals {
  readonly instances: InstanceLoads;
  readonly services: ServiceCounts;
  readonly clusters: ClusterCounts;
  readonly waiting: WaitingTasks;
}

/** Empty totals; a store fills and keeps them when it is opened with them: `projections: Object.values(totals)`. */
export function createTotals(): Totals {
  return {
    instances: new InstanceLoads(),
    services: new ServiceCounts(),
    clusters: new ClusterCounts(),
    waiting: new WaitingTasks(),
  };
}
