import type { HostView, PlacementRequest, Refusal } from '../types.ts';

/** EXTERNAL tasks run on external instances, and no other task does. */
export function launchType(host: HostView, request: PlacementRequest): Refusal | undefined {
  if (host.external === (request.launchType === 'EXTERNAL')) return undefined;
  const detail = host.external
    ? 'an external instance takes only tasks of launch type EXTERNAL'
    : 'attribute ecs.capability.external is missing';
  return { reason: 'ATTRIBUTE', detail };
}
