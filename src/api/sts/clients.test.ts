import * as client from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterMs, Ids, SeededRandom } from '#base';
import { createCredentialIssuer } from '#dispatch';
import { awsCli, awsInstalled } from '../../../test/support/aws-cli.ts';
import { type Credentials, type ServerHarness, serverHarness } from '../../../test/support/server-harness.ts';
import { SystemClock } from '../../main/system-clock.ts';

/** AWS's own clients against the whole control plane behind a real socket. */

const accountId = '000000000000';

let server: ServerHarness;

beforeAll(async () => {
  server = await serverHarness();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function sts(credentials: Credentials): client.STSClient {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return new client.STSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    maxAttempts: 1,
  });
}

/** Credentials of a task's role, as its host would have them. */
function roleCredentials(roleName: string, session: string): Credentials {
  const issuer = createCredentialIssuer(
    { masterKey: new Uint8Array(32).fill(7) },
    { ids: new Ids(new SeededRandom(11)) },
  );
  const taskArn = `arn:aws:ecs:us-east-1:${accountId}:task/default/${session}`;
  const task = { accountId, taskArn, overrides: {} } as unknown as Parameters<typeof issuer.issue>[0];
  const definition = { taskRoleArn: roleName } as Parameters<typeof issuer.issue>[1];
  const { role } = issuer.issue(task, definition, afterMs(new SystemClock().now(), 0));
  if (role === undefined) throw new Error('no credentials');
  return role;
}

describe('GetCallerIdentity', () => {
  it('says who an account’s root is, of the default account and of another', async () => {
    const whoAmI = async (credentials: Credentials) => {
      const { Account, Arn, UserId } = await sts(credentials).send(new client.GetCallerIdentityCommand({}));
      return { Account, Arn, UserId };
    };
    expect(await whoAmI(server.root)).toEqual({
      Account: accountId,
      Arn: `arn:aws:iam::${accountId}:root`,
      UserId: accountId,
    });
    const { account, accessKeyId, secretAccessKey } = (
      await server.send(
        'CreateAccount',
        { name: 'other' },
        {
          service: 'roadstead',
          target: 'Roadstead_20261121.CreateAccount',
          credentials: server.controlPlane.rootKeys.platform,
        },
      )
    ).json;
    const other = await whoAmI({ accessKeyId, secretAccessKey });
    expect(other.Account).not.toBe(accountId);
    expect(other).toEqual({
      Account: account.accountId,
      Arn: `arn:aws:iam::${account.accountId}:root`,
      UserId: account.accountId,
    });
  });

  it('says which role’s session a task is: one id per role, a session per task', async () => {
    const whoAmI = async (role: string, session: string) => {
      const answer = await sts(roleCredentials(role, session)).send(new client.GetCallerIdentityCommand({}));
      expect(answer.Account).toBe(accountId);
      expect(answer.Arn).toBe(`arn:aws:sts::${accountId}:assumed-role/${role}/${session}`);
      expect(answer.UserId).toMatch(new RegExp(`^AROA[A-Z2-7]{17}:${session}$`));
      return answer.UserId?.split(':')[0];
    };
    const [first, second] = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'];
    const id = await whoAmI('app', first);
    expect(await whoAmI('app', second)).toBe(id);
    expect(await whoAmI('db', first)).not.toBe(id);
  });

  it('is refused to a wrong key, and the rest of STS is not served', async () => {
    await expect(
      sts({ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }).send(new client.GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await expect(sts(server.root).send(new client.GetSessionTokenCommand({}))).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    });
  });
});

describe.skipIf(!awsInstalled)('the aws command line', () => {
  it('asks who it is', { timeout: 60_000 }, async () => {
    expect(await awsCli(server, ['sts', 'get-caller-identity'])).toEqual({
      Account: accountId,
      Arn: `arn:aws:iam::${accountId}:root`,
      UserId: accountId,
    });
  });
});
