import type * as Ecs from '@aws-sdk/client-ecs';
import type { ServiceToken } from '../operation.ts';

/** The ECS API, version 2014-11-13. */
export const ecs: ServiceToken<typeof Ecs> = { service: 'ecs' };
