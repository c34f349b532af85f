import { describe, expect, test } from 'vitest';
import { instantFromMs, ManualClock } from '#base';
import { ApiError } from './api-error.ts';
import { createJsonClient } from './json-client.ts';
import { loadModel } from './model.ts';
import { createCodec } from './protocol/codec.ts';
import { createRouter } from './route.ts';
import type { ClientRequest, ClientResponse } from './signed-call.ts';
import { verifySignature } from './sigv4-verify.ts';

const model = loadModel();
const codec = createCodec();
const router = createRouter(model);
const clock = new ManualClock(instantFromMs(Date.UTC(2026, 10, 21)));
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' };

/** A server made of this folder's own parts: it answers with what `handle` gives or throws. */
function serverFor(handle: (operation: string, input: unknown) => unknown) {
  return (request: ClientRequest): Promise<ClientResponse> => {
    const url = new URL(request.url);
    const wire = { method: request.method, url: url.pathname, headers: request.headers, body: request.body };
    const result = router.route(wire);
    if (!('route' in result)) throw result.failure.error;
    const { route } = result;
    const findKey = (id: string, token?: string) => (id === 'AKID' && token === 'token' ? credentials : undefined);
    let answer;
    try {
      verifySignature(wire, { now: clock.now(), findKey, family: 'json', service: route.service.signingName });
      answer = codec.writeOutput(route, handle(route.operation.name, codec.readInput(route, wire.body)), 'id-7');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      answer = codec.writeError(route.protocol, error, { requestId: 'id-7', service: route.service, method: 'POST' });
    }
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    return Promise.resolve({ status: answer.status, headers, body: Buffer.from(answer.body) });
  };
}

const options = {
  service: 'ecs',
  targetPrefix: 'AmazonEC2ContainerServiceV20141113',
  endpoint: 'http://127.0.0.1:4566',
  region: 'eu-central-1',
  credentials,
};

describe('the JSON client against our own server side', () => {
  test('sends a signed call and gives its answer', async () => {
    const client = createJsonClient(options, {
      clock,
      send: serverFor((operation, input) => ({ taskArns: [operation, JSON.stringify(input)] })),
    });
    expect(await client.call('ListTasks', { cluster: 'ä' })).toEqual({ taskArns: ['ListTasks', '{"cluster":"ä"}'] });
  });

  test('with a model takes Dates and gives instants', async () => {
    const seen: unknown[] = [];
    const send = serverFor((_, input) => {
      seen.push(input);
      return { tasks: [{ createdAt: 1.25 }], extra: 1 };
    });
    const client = createJsonClient({ ...options, model: model.services.get('ecs')! }, { clock, send });
    expect(await client.call('DescribeTasks', { tasks: ['a'], unknown: 1 })).toEqual({ tasks: [{ createdAt: 1.25 }] });
    expect(seen).toEqual([{ tasks: ['a'] }]);
  });

  test('a refusal is an ApiError with code, message, status, members and request id', async () => {
    const error = new ApiError('ConflictException', 'twice', { members: { resourceIds: ['a'] } });
    const client = createJsonClient(options, {
      clock,
      send: serverFor(() => {
        throw error;
      }),
    });
    await expect(client.call('RunTask', { taskDefinition: 't' })).rejects.toMatchObject({
      code: 'ConflictException',
      message: 'twice',
      status: 400,
      requestId: 'id-7',
      members: { resourceIds: ['a'] },
    });
  });

  test('a wrong secret is refused', async () => {
    const wrong = { ...options, credentials: { ...credentials, secretAccessKey: 'other' } };
    const client = createJsonClient(wrong, { clock, send: serverFor(() => ({})) });
    await expect(client.call('ListTasks', {})).rejects.toMatchObject({ code: 'InvalidSignatureException' });
  });
});

describe('answers of somebody else', () => {
  const answering = (response: ClientResponse) =>
    createJsonClient(options, { clock, send: () => Promise.resolve(response) }).call('ListTasks', {});

  test('a body that is not JSON', async () => {
    const answer = { status: 502, headers: {}, body: Buffer.from('<html>') };
    await expect(answering(answer)).rejects.toMatchObject({ code: 'InvalidResponse', status: 502 });
    await expect(answering({ ...answer, status: 200 })).rejects.toMatchObject({ code: 'InvalidResponse' });
    await expect(answering({ ...answer, status: 200, body: Buffer.from('[]') })).rejects.toMatchObject({
      code: 'InvalidResponse',
    });
  });

  test('a code with its namespace', async () => {
    const body = Buffer.from('{"__type":"com.amazonaws.ecs#ServerException","Message":"m"}');
    await expect(answering({ status: 500, headers: {}, body })).rejects.toMatchObject({
      code: 'ServerException',
      message: 'm',
      status: 500,
    });
    const headers = { 'x-amzn-errortype': 'ClientException:http://internal/' };
    await expect(answering({ status: 400, headers, body })).rejects.toMatchObject({ code: 'ClientException' });
  });
});
