import { expect, test } from 'vitest';
import { Fault } from '#base';
import type { SecretSource } from '../host/secrets.ts';
import { registryLogin } from './registry-login.ts';

const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:harbour-AbCdEf';
const authentication = {
  type: 'asm',
  asmAuthData: { credentialsParameter: arn, region: 'eu-west-1' },
} as const;
const role = {
  credentialsId: 'id',
  roleArn: 'arn:aws:iam::000000000000:role/execution',
  accessKeyId: 'a',
  secretAccessKey: 'b',
  sessionToken: 'c',
  expiration: '2030-01-01T00:00:00Z',
};
const never = new AbortController().signal;
const holding = (text: string): SecretSource => ({ available: true, fetch: async () => text });

test('is read as the execution role, from the region of the secret', async () => {
  const asked: unknown[] = [];
  const source: SecretSource = {
    available: true,
    fetch: async (secret, as) => {
      asked.push([secret, as]);
      return JSON.stringify({ username: 'mate', password: 'rope', more: 1 });
    },
  };
  expect(await registryLogin(authentication, source, role, never)).toEqual({
    key: arn,
    credentials: { username: 'mate', password: 'rope' },
  });
  expect(asked).toEqual([[{ arn, region: 'eu-west-1' }, role]]);
});

test.each([['not json: hunter2'], ['"hunter2"'], ['{"username":"mate","password":["hunter2"]}'], ['{}'], ['null']])(
  'a secret that is no login is refused without a word of it: %s',
  async (text) => {
    const refused = registryLogin(authentication, holding(text), role, never);
    await expect(refused).rejects.toMatchObject({
      code: 'Secret',
      message: `the secret ${arn} is not a JSON object with the texts "username" and "password"`,
    });
    const fault = await refused.catch((error: unknown) => error);
    expect(fault instanceof Fault && fault.cause).toBe(undefined);
  },
);

test('an agent that cannot read secrets says which it was asked for', async () => {
  await expect(registryLogin(authentication, undefined, role, never)).rejects.toThrow(arn);
});
