import { createHash } from 'node:crypto';
import type { Principal } from '#model';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const uniqueLength = 17;

/**
 * The unique id of a principal: a root's is its account, a role's session is `AROA…:session`. Roles are not kept, so a
 * role's id follows from its ARN: the same as long as the role is.
 * Source: "IAM JSON policy elements: variables", `aws:userid`.
 */
export function userIdOf(principal: Principal): string {
  if (principal.type === 'root') return principal.accountId;
  const digest = createHash('sha256').update(principal.roleArn).digest();
  const unique = [...digest.subarray(0, uniqueLength)].map((byte) => letters[byte % letters.length]).join('');
  return `AROA${unique}:${principal.arn.slice(principal.arn.lastIndexOf('/') + 1)}`;
}
