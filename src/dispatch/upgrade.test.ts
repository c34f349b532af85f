import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Principal } from '#model';
import { ControlPlane, principal } from './test-support/control-plane.ts';
import { hostArn } from './test-support/records.ts';

let plane: ControlPlane;

beforeEach(async () => {
  plane = await ControlPlane.start();
  await plane.addInstance();
});

afterEach(async () => {
  await plane[Symbol.asyncDispose]();
});

describe('an upgrade', () => {
  const query = (channel: 'acs' | 'tcs', arn: string): URLSearchParams =>
    new URLSearchParams({ [channel === 'acs' ? 'containerInstanceArn' : 'containerInstance']: arn });

  it.each(['acs', 'tcs'] as const)('to %s is for the owner of an instance', async (channel) => {
    const decide = (arn: string, who: Principal = principal) =>
      plane.dispatcher.authorizeUpgrade(channel, query(channel, arn), who);
    expect(decide(hostArn)).toMatchObject({ ok: true, access: { resource: hostArn } });
    const stranger = { ...principal, accountId: '999988887777' as typeof principal.accountId };
    expect(decide(hostArn, stranger)).toMatchObject({ ok: false, status: 403, code: 'AccessDeniedException' });
    const role = { ...principal, type: 'assumed-role' as const, roleArn: 'arn:aws:iam::111122223333:role/app' };
    expect(decide(hostArn, role)).toMatchObject({ ok: false, status: 403, code: 'AccessDeniedException' });
    expect(decide('nonsense')).toMatchObject({ ok: false, code: 'InvalidParameterException' });
    expect(decide(`${hostArn}f`)).toMatchObject({ ok: false, code: 'InactiveInstanceException' });
    await plane.store.update('dispatch', (tx) =>
      tx.containerInstances.put({ ...tx.containerInstances.get(hostArn), status: 'INACTIVE' }),
    );
    expect(decide(hostArn)).toMatchObject({ ok: false, code: 'InactiveInstanceException' });
  });
});
