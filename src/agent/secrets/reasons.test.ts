import { describe, expect, test } from 'vitest';
import { Fault } from '#base';
import { ApiError } from '#wire/client';
import type { PayloadTask } from '#wire/link';
import type { payloadTask } from '../testing.ts';
import { asm, file, secretArn, ssm, valueWorld } from './testing-host.ts';

const refusal = new ApiError('AccessDeniedException', 'User: mate is not authorized to perform: ssm:GetParameters', {
  requestId: 'request-9',
});
const fargate = { launchType: 'FARGATE' } as const;
const pulling =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ';

describe('a value that cannot be had stops the task, and says', () => {
  test.each<[string, Parameters<typeof payloadTask>[1], Partial<PayloadTask>, string, Error | undefined]>([
    [
      'a parameter that is not there, on an instance',
      { secrets: [ssm('KEY', '/shop/key'), ssm('NO', '/shop/none')] },
      {},
      'Fetching secret data from SSM Parameter Store in us-east-1: invalid parameters: /shop/none',
      undefined,
    ],
    [
      'the same on Fargate',
      { secrets: [ssm('NO', '/shop/none')] },
      fargate,
      `${pulling}unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /shop/none`,
      undefined,
    ],
    [
      'parameters that the role may not read, on an instance',
      { secrets: [ssm('KEY', '/shop/key')] },
      {},
      'Fetching secret data from SSM Parameter Store in us-east-1: operation error SSM: GetParameters, https response ' +
        'error StatusCode: 400, RequestID: request-9, api error AccessDeniedException: User: mate is not authorized to ' +
        'perform: ssm:GetParameters',
      refusal,
    ],
    [
      'the same on Fargate',
      { secrets: [ssm('KEY', '/shop/key')] },
      fargate,
      `${pulling}unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: ` +
        'User: mate is not authorized to perform: ssm:GetParameters status code: 400, request id: request-9',
      refusal,
    ],
    [
      'a secret that is not there, on an instance',
      { secrets: [asm('NO', `${secretArn}x`)] },
      {},
      `ResourceNotFoundException: The task can't retrieve the secret with ARN '${secretArn}x' from AWS Secrets Manager. ` +
        'Check whether the secret exists in the specified Region: operation error Secrets Manager: GetSecretValue, https ' +
        'response error StatusCode: 400, RequestID: request-1, ResourceNotFoundException: Secrets Manager ' +
        "can't find the specified secret.",
      undefined,
    ],
    [
      'the same on Fargate',
      { secrets: [asm('NO', `${secretArn}x`)] },
      fargate,
      `${pulling}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ` +
        `${secretArn}x from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified ` +
        'secret. status code: 400, request id: request-1',
      undefined,
    ],
    [
      'a key that is not in the secret, on an instance',
      { secrets: [asm('NO', `${secretArn}:none::`)] },
      {},
      `Retrieved secret from Secrets Manager did not contain json key none: add it to the secret ${secretArn}, or correct valueFrom`,
      undefined,
    ],
    [
      'the same on Fargate',
      { secrets: [asm('NO', `${secretArn}:none::`)] },
      fargate,
      `${pulling}unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from ` +
        `Secrets Manager did not contain json key none: add it to the secret ${secretArn}, or correct valueFrom`,
      undefined,
    ],
    [
      'an ARN of another form',
      { secrets: [asm('NO', `${secretArn}:none`)] },
      {},
      `Trying to retrieve secret with value ${secretArn}:none resulted in error: an invalid ARN format for the AWS ` +
        'Secrets Manager secret was specified. Specify a valid ARN and try again.',
      undefined,
    ],
    [
      'a file that is not there, on an instance',
      { environmentFiles: [file('dir/none.env')] },
      {},
      'Unable to download env file with key dir/none.env from bucket shop, error: operation error S3: GetObject, https ' +
        'response error StatusCode: 404, RequestID: request-2, HostID: , NoSuchKey: The specified key does not exist.',
      undefined,
    ],
    [
      'the same on Fargate',
      { environmentFiles: [file('dir/none.env')] },
      fargate,
      'ResourceInitializationError: failed to download env files: file download command: non empty error stream: failed ' +
        'to download file none.env: failed to write to a temporary file: NoSuchKey: The specified key does not exist. ' +
        'status code: 404, request id: request-2, host id: ',
      undefined,
    ],
  ])('%s', async (_, container, over, reason, failure) => {
    const { host, secrets, task } = await valueWorld();
    if (failure !== undefined) secrets.failures.push(failure);
    const wanted = task(container, over);
    await host.run(wanted);
    expect(host.controlPlane.lastReport(wanted.arn)).toMatchObject({ status: 'STOPPED', reason });
    expect(host.runtime.journal.filter((line) => line.startsWith('create'))).toEqual([]);
  });

  test('a service that does not answer, after three attempts', async () => {
    const { host, secrets, task } = await valueWorld();
    const nobody = new Fault('Unreachable', 'Post "http://secrets/": connect ECONNREFUSED', { retryable: true });
    secrets.failures.push(nobody, nobody, nobody, nobody, nobody, nobody);
    const [instance, serverless] = [task({ secrets: [asm('A')] }), task({ secrets: [asm('A')] }, fargate)];
    await host.run(instance);
    await host.pass(10_000);
    expect(host.controlPlane.lastReport(instance.arn)?.reason).toBe(
      `Secret ${secretArn}: operation error Secrets Manager: GetSecretValue, exceeded maximum number of attempts, 3, https ` +
        'response error StatusCode: 0, RequestID: , request send failed, Post "http://secrets/": connect ECONNREFUSED',
    );
    await host.run(serverless);
    await host.pass(10_000);
    expect(host.controlPlane.lastReport(serverless.arn)?.reason).toBe(
      `${pulling}unable to retrieve secret from asm: service call has been retried 3 time(s): failed to fetch secret ` +
        `${secretArn} from secrets manager: RequestError: send request failed caused by: Post "http://secrets/": connect ` +
        'ECONNREFUSED. Please check your task network configuration.',
    );
    expect(secrets.calls).toHaveLength(6);
  });

  test('a service that answers in the end is as good as any', async () => {
    const { host, secrets, task } = await valueWorld();
    secrets.failures.push(
      new ApiError('InternalServiceError', 'later', { status: 500 }),
      new ApiError('SlowDown', '', { status: 503 }),
    );
    const wanted = task({ secrets: [asm('WHOLE')] });
    await host.run(wanted);
    await host.pass(10_000);
    expect(host.controlPlane.lastReport(wanted.arn)?.status).toBe('RUNNING');
  });

  test('a secret that is binary, or no object, without a word of it', async () => {
    const { host, secrets, task } = await valueWorld();
    secrets.secrets.set(`${secretArn}b`, undefined);
    secrets.secrets.set(`${secretArn}t`, 'hunter2');
    const [binary, text] = [
      task({ secrets: [asm('A', `${secretArn}b`)] }),
      task({ secrets: [asm('A', `${secretArn}t:password::`)] }),
    ];
    await host.run(binary, text);
    expect(host.controlPlane.lastReport(binary.arn)?.reason).toBe(
      `The secret ${secretArn}b is binary, and a container can only be given text: store it as SecretString`,
    );
    expect(host.controlPlane.lastReport(text.arn)?.reason).toBe(
      `The secret ${secretArn}t is not a JSON object, and its key password is asked for`,
    );
  });

  test('several: an instance tells all of one kind, Fargate the first', async () => {
    const { host, task } = await valueWorld();
    const both = [asm('A', `${secretArn}x`), asm('B', `${secretArn}y`), ssm('C', 'none')];
    const [instance, serverless] = [task({ secrets: both }), task({ secrets: both }, fargate)];
    await host.run(instance, serverless);
    expect(host.controlPlane.lastReport(instance.arn)?.reason).toMatch(/AbCdEfx'.*;.*AbCdEfy'/);
    expect(host.controlPlane.lastReport(serverless.arn)?.reason).toMatch(/AbCdEfx(?!.*AbCdEfy)/);
  });

  test('an execution role that the control plane has no credentials for, and a service that is not there', async () => {
    const { host, secrets, task } = await valueWorld();
    const { executionRoleCredentials: _, ...roleless } = task({ secrets: [ssm('KEY', '/shop/key')] });
    await host.run(roleless);
    expect(host.controlPlane.lastReport(roleless.arn)?.reason).toMatch(
      /^Ssm secret resource: unable to find execution role credentials: /,
    );
    secrets.absent.add('ssm');
    const wanted = task({ secrets: [ssm('KEY', '/shop/key')] }, fargate);
    await host.run(wanted);
    expect(host.controlPlane.lastReport(wanted.arn)?.reason).toBe(
      `${pulling}unable to retrieve secrets from ssm: service call has been retried 1 time(s): ssm is not here`,
    );
  });
});
