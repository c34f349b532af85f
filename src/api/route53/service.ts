import type * as Route53 from '@aws-sdk/client-route-53';
import type { ServiceToken } from '../operation.ts';

/** The Route 53 API, version 2013-04-01. */
export const route53: ServiceToken<typeof Route53> = {
  service: 'route-53',
  invalidToken: { code: 'InvalidPaginationToken', message: 'The NextToken is invalid.' },
};

/** The resource of operations that name none. */
export const anyResource = '*';
