export {
  ConnectCounts,
  type ConnectMetric,
  type ConnectSeries,
  connectMetrics,
} from './connect-counts.ts';
export { usageLimits } from './limits.ts';
export {
  type ContainerUsage,
  type Measure,
  measures,
  type StatisticSet,
  type TaskUsage,
  type VolumeUsage,
} from './usage.ts';
export { UsageWindow } from './usage-window.ts';
