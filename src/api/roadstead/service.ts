import type { RoadsteadModule } from '#wire/aws';
import type { ServiceToken } from '../operation.ts';

/** What AWS has no word for: accounts, the default network, the platform's own hosts. */
export const roadstead: ServiceToken<RoadsteadModule> = { service: 'roadstead' };
