import { describe, expect, it } from 'vitest';
import type { AccountId, Principal } from '#model';
import { decideAccess } from './decide.ts';

const accountId = '111111111111' as AccountId;
const root: Principal = { type: 'root', accountId, arn: 'arn:aws:iam::111111111111:root' };
const role: Principal = {
  type: 'assumed-role',
  accountId,
  arn: 'arn:aws:sts::111111111111:assumed-role/r/s',
  roleArn: 'arn',
};

describe('the door', () => {
  it.each([
    ['root, inside', root, 'arn:aws:ecs:us-east-1:111111111111:cluster/x', true],
    ['root, no resource', root, '*', true],
    ['root, another account', root, 'arn:aws:ecs:us-east-1:222222222222:cluster/x', false],
    ['a role without policies', role, 'arn:aws:ecs:us-east-1:111111111111:cluster/x', false],
    ['a role without policies, no resource', role, '*', false],
  ])('%s', (_, principal, resource, allowed) => {
    expect(decideAccess({ principal, action: 'ecs:RunTask', resource }).allowed).toBe(allowed);
  });

  it('refuses in AWS’s words', () => {
    const decision = decideAccess({ principal: role, action: 'ecs:RunTask', resource: '*' });
    expect(decision).toEqual({
      allowed: false,
      message: `User: ${role.arn} is not authorized to perform: ecs:RunTask on resource: * because no identity-based policy allows the ecs:RunTask action`,
    });
  });
});
