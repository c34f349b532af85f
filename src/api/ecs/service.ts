import type { ServiceToken } from '../operation.ts';

/** The ECS API, version 2014-11-13. */
export const ecs: ServiceToken<typeof import('@aws-sdk/client-ecs')> = { service: 'ecs' };
