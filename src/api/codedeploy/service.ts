import type * as CodeDeploy from '@aws-sdk/client-codedeploy';
import type { ServiceToken } from '../operation.ts';

/** The AWS CodeDeploy API, version 2014-10-06. */
export const codedeploy: ServiceToken<typeof CodeDeploy> = {
  service: 'codedeploy',
  invalidToken: { code: 'InvalidNextTokenException', message: 'The next token is invalid.' },
};
