import type * as ServiceDiscovery from '@aws-sdk/client-servicediscovery';
import type { ServiceToken } from '../operation.ts';

/** The AWS Cloud Map API, version 2017-03-14. */
export const servicediscovery: ServiceToken<typeof ServiceDiscovery> = {
  service: 'servicediscovery',
  invalidToken: { code: 'InvalidInput', message: 'The NextToken is invalid.' },
};
