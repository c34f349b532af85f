import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterMs, Ids, SeededRandom } from '#base';
import { createCredentialIssuer, principalOf } from './credentials.ts';
import { definition, placedTask, startedAt } from './test-support/records.ts';

const roleArn = 'arn:aws:iam::111122223333:role/service/app';
const of = definition({ taskRoleArn: roleArn, executionRoleArn: 'exec' });
const task = placedTask(of, new Ids(new SeededRandom(1)));

function issuer(seed = 2, key = 1) {
  return createCredentialIssuer({ masterKey: Buffer.alloc(32, key) }, { ids: new Ids(new SeededRandom(seed)) });
}

describe('task credentials', () => {
  it('have the form of STS, and say whose they are', () => {
    const { role, execution } = issuer().issue(task, of, startedAt);
    expect(role).toMatchObject({ roleArn, expiration: '2027-01-15T14:00:00Z' });
    expect(role?.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(role?.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(execution?.roleArn).toBe('arn:aws:iam::111122223333:role/exec');
    expect(execution?.credentialsId).not.toBe(role?.credentialsId);
  });

  it('are verified by anyone with the master key, without any record', () => {
    const role = issuer().issue(task, of, startedAt).role!;
    const key = issuer(99).findKey(role.accessKeyId, role.sessionToken)!;
    expect(key.secretAccessKey).toBe(role.secretAccessKey);
    expect(key.claims).toEqual({
      accessKeyId: role.accessKeyId,
      accountId: '111122223333',
      roleArn,
      sessionName: task.taskArn.split('/').at(-1),
      taskArn: task.taskArn,
      expiresAt: afterMs(startedAt, 6 * 3_600_000),
    });
    expect(principalOf(key.claims)).toEqual({
      type: 'assumed-role',
      accountId: '111122223333',
      arn: `arn:aws:sts::111122223333:assumed-role/app/${key.claims.sessionName}`,
      roleArn,
    });
  });

  it('are worth nothing with another key, another token, or another master key', () => {
    const { role, execution } = issuer().issue(task, of, startedAt);
    expect(issuer().findKey(execution!.accessKeyId, role!.sessionToken)).toBeUndefined();
    expect(issuer(2, 3).openSessionToken(role!.sessionToken)).toBeUndefined();
    for (const token of ['', 'x', 'not a token', `${role!.sessionToken} `, role!.sessionToken.slice(0, -4)]) {
      expect(issuer().openSessionToken(token), token).toBeUndefined();
    }
  });

  it('do not survive the change of a single bit of the token', () => {
    const bytes = Buffer.from(issuer().issue(task, of, startedAt).role!.sessionToken, 'base64');
    const subject = issuer();
    assert(
      property(integer({ min: 0, max: bytes.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(subject.openSessionToken(changed.toString('base64'))).toBeUndefined();
      }),
    );
  });

  it('keep their id for the life of the task, and nothing else', () => {
    const first = issuer(2).issue(task, of, startedAt).role!;
    const second = issuer(3).issue(task, of, startedAt).role!;
    expect(second.credentialsId).toBe(first.credentialsId);
    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    const other = placedTask(of, new Ids(new SeededRandom(5)));
    expect(issuer().issue(other, of, startedAt).role!.credentialsId).not.toBe(first.credentialsId);
  });

  it('are not made for a role of another account, nor without a role', () => {
    const foreign = definition({ taskRoleArn: 'arn:aws:iam::999988887777:role/admin' });
    expect(issuer().issue(task, foreign, startedAt)).toEqual({});
    expect(issuer().issue(task, definition(), startedAt)).toEqual({});
  });

  it('follow the overrides of the task', () => {
    const overridden = { ...task, overrides: { containerOverrides: [], taskRoleArn: 'other' } };
    expect(issuer().issue(overridden, of, startedAt).role?.roleArn).toBe('arn:aws:iam::111122223333:role/other');
  });
});
