import type { HostView, PlacementRequest, Refusal } from '../types.ts';

/** One rule that a host must satisfy for one more task: `undefined` when it does, else why it does not. */
export type Filter = (host: HostView, request: PlacementRequest) => Refusal | undefined;
