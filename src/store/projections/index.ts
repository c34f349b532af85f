export { type ByLaunchType, type ClusterCount, ClusterCounts } from './cluster-counts.ts';
export { type InstanceLoad, InstanceLoads } from './instance-load.ts';
export { type DeploymentCount, type ServiceCount, ServiceCounts } from './service-counts.ts';
export { createTotals, type Totals } from './totals.ts';
export { WaitingTasks } from './waiting-tasks.ts';
