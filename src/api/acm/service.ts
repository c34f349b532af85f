import type * as Acm from '@aws-sdk/client-acm';
import type { ServiceToken } from '../operation.ts';

/** The AWS Certificate Manager API, version 2015-12-08. */
export const acm: ServiceToken<typeof Acm> = {
  service: 'acm',
  invalidToken: { code: 'ValidationException', message: 'The NextToken is invalid.' },
};
