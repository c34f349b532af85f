import type { HostView, PlacementRequest, Refusal } from '../types.ts';

/** No task of the group holds anything on the instance yet. */
export function distinctInstance(host: HostView, { group }: PlacementRequest): Refusal | undefined {
  if ((host.tasksByGroup.get(group) ?? 0) === 0) return undefined;
  return {
    reason: 'DistinctInstance placement constraint unsatisfied',
    detail: `a task of ${group} is on the instance`,
  };
}
