import { operation } from '../operation.ts';
import { sts } from './service.ts';
import { userIdOf } from './user-id.ts';

/** GetCallerIdentity: who signed the request. */
export const GetCallerIdentity = operation(sts, 'GetCallerIdentity', {
  authorize: () => ({ action: 'sts:GetCallerIdentity', resource: '*' }),
  command: (_, { principal }) => principal,
  read: (_, principal) => principal,
  output: (principal) => ({ UserId: userIdOf(principal), Account: principal.accountId, Arn: principal.arn }),
});
