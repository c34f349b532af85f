export { failuresOf, type PlacementFailure, placementEvent } from './explain.ts';
export { type HostLoad, hostView } from './host-view.ts';
export { type ParseQuery, placeTasks, refusalOf } from './pipeline.ts';
export type { QueryHost } from './query/evaluate.ts';
export { matches, parseQuery, type Query, QueryCache } from './query/query.ts';
export { QuerySyntaxError } from './query/syntax-error.ts';
export { defaultServiceStrategies, type PlacementSource, placementRequestOf } from './request.ts';
export { chooseTasksToStop, type StopCandidate } from './scale-in.ts';
export type { HostView, PlacementRequest, PlacementResult, Refusal, RefusalReason } from './types.ts';
