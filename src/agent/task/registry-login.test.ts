import { expect, test } from 'vitest';
import { Fault, Ids, instantFromMs, ManualClock, SeededRandom } from '#base';
import { ValueCalls } from '../secrets/calls.ts';
import { MemorySecrets } from '../secrets/testing.ts';
import { payloadTask } from '../testing.ts';
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
const random = new SeededRandom(1);

function login(secrets: MemorySecrets | undefined, launchType: 'EC2' | 'FARGATE' = 'EC2'): Promise<unknown> {
  const payload = payloadTask(new Ids(random), {}, { launchType });
  const calls = new ValueCalls({
    clock: new ManualClock(instantFromMs(0)),
    random,
    executionCredentials: () => role,
    ...(secrets === undefined ? {} : { secrets }),
  });
  return registryLogin(authentication, { taskArn: payload.arn, payload }, calls, never);
}

function holding(text: string | undefined): MemorySecrets {
  const secrets = new MemorySecrets();
  secrets.secrets.set(arn, text);
  return secrets;
}

test('is read as the execution role, from the region of the secret', async () => {
  const secrets = holding(JSON.stringify({ username: 'mate', password: 'rope', more: 1 }));
  expect(await login(secrets)).toEqual({ key: arn, credentials: { username: 'mate', password: 'rope' } });
  expect(secrets.calls).toEqual([{ asked: `secret ${arn}`, as: { credentials: role, region: 'eu-west-1' } }]);
});

test.each([['not json: hunter2'], ['"hunter2"'], ['{"username":"mate","password":["hunter2"]}'], ['{}'], ['null']])(
  'a secret that is no login is refused without a word of it: %s',
  async (text) => {
    const refused = login(holding(text));
    await expect(refused).rejects.toMatchObject({
      code: 'Secret',
      message:
        'Asm fetching authorization data: unable to unmarshal secret value, invalid schema: ' +
        `the secret ${arn} is not a JSON object with the texts "username" and "password"`,
    });
    const fault = await refused.catch((error: unknown) => error);
    expect(fault instanceof Fault && fault.cause).toBe(undefined);
  },
);

test("a secret that is not there: the agent's words on an instance, and Fargate's", async () => {
  await expect(login(new MemorySecrets())).rejects.toThrow(
    `Asm fetching secret from the service for ${arn}: operation error Secrets Manager: GetSecretValue, https response ` +
      "error StatusCode: 400, RequestID: request-1, ResourceNotFoundException: Secrets Manager can't find the specified secret.",
  );
  await expect(login(new MemorySecrets(), 'FARGATE')).rejects.toThrow(
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable ' +
      'to get registry auth from asm: service call has been retried 1 time(s): asm fetching secret from the service for ' +
      `${arn}: ResourceNotFoundException: Secrets Manager can't find the specified secret. status code: 400, request id: request-1`,
  );
});

test('an agent that cannot read secrets says so', async () => {
  await expect(login(undefined)).rejects.toThrow('This agent cannot fetch values for tasks');
});
