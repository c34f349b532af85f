import type * as Sts from '@aws-sdk/client-sts';
import type { ServiceToken } from '../operation.ts';

/** The AWS Security Token Service API, version 2011-06-15. */
export const sts: ServiceToken<typeof Sts> = { service: 'sts' };
