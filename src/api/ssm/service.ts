import type * as Ssm from '@aws-sdk/client-ssm';
import type { ServiceToken } from '../operation.ts';

/** The AWS Systems Manager API, version 2014-11-06. */
export const ssm: ServiceToken<typeof Ssm> = { service: 'ssm' };
