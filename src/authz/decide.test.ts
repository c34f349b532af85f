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
    ['a role, inside', role, 'arn:aws:ecs:us-east-1:111111111111:cluster/x', true],
    ['a role, no resource', role, '*', true],
    ['a role, another account', role, 'arn:aws:ecs:us-east-1:222222222222:cluster/x', false],
  ])('%s', (_, principal, resource, allowed) => {
    expect(decideAccess({ principal, action: 'ecs:RunTask', resource }).allowed).toBe(allowed);
  });

  it.each([
    ['ecs:Poll', false],
    ['ecs:StartTelemetrySession', false],
    ['ecs:DiscoverPollEndpoint', false],
    ['ecs:RegisterContainerInstance', false],
    ['ecs:SubmitTaskStateChange', false],
    ['ecs:SubmitAttachmentStateChanges', false],
    ['roadstead:InterruptSpot', false],
    ['ecs:PollNothing', true],
    ['ecs:UpdateTaskProtection', true],
    ['logs:PutLogEvents', true],
  ])('a role and %s', (action, allowed) => {
    expect(decideAccess({ principal: role, action, resource: '*' }).allowed).toBe(allowed);
    expect(decideAccess({ principal: root, action, resource: '*' }).allowed).toBe(true);
  });

  it('refuses in AWS’s words', () => {
    const decision = decideAccess({ principal: role, action: 'ecs:Poll', resource: '*' });
    expect(decision).toEqual({
      allowed: false,
      message: `User: ${role.arn} is not authorized to perform: ecs:Poll on resource: * because no identity-based policy allows the ecs:Poll action`,
    });
  });
});
