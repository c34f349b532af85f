export { type EligibleHosts, eligibleHosts } from './eligible.ts';
export {
  failuresOf,
  type PlacementFailure,
  type PlacementTrouble,
  placementEvent,
  placementReason,
  placementTrouble,
} from './explain.ts';
export type { HostLoad, HostLoads } from './host-view.ts';
export { HostIndex } from './hosts/host-index.ts';
export type { HostPool } from './hosts/host-pool.ts';
export { placeTasks, refusalOf } from './pipeline.ts';
export type { QueryHost } from './query/evaluate.ts';
export { matches, parseQuery, type Query } from './query/query.ts';
export { QuerySyntaxError } from './query/syntax-error.ts';
export { compareVersions, parseVersion } from './query/version.ts';
export { defaultServiceStrategies, type PlacementSource, placementRequestOf } from './request.ts';
export { chooseTasksToStop, type StopCandidate } from './scale-in.ts';
export type { HostView, PlacementRequest, PlacementResult, Refusal, RefusalReason } from './types.ts';
export { groupByZone, zoneAt, zonesFor } from './zones.ts';
