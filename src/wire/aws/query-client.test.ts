import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantFromMs, ManualClock } from '#base';
import { ApiError } from './api-error.ts';
import { createQueryClient, createRouter, verifySignature } from './index.ts';
import type { ClientRequest, ClientResponse } from './signed-call.ts';
import { asInstants, codec, model } from './test-support/exchange.ts';
import { sayable, Values } from './test-support/values.ts';

const clock = new ManualClock(instantFromMs(Date.UTC(2026, 10, 22)));
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' };
const router = createRouter(model);
const values = new Values({ xml: true, minLength: 1 });

/** A server made of this folder's own parts: it answers with what `handle` gives or throws. */
function serverFor(handle: (input: unknown) => unknown) {
  return (request: ClientRequest): Promise<ClientResponse> => {
    const { pathname, search } = new URL(request.url);
    const wire = { method: request.method, url: pathname + search, headers: request.headers, body: request.body };
    const result = router.route(wire);
    if (!('route' in result)) throw result.failure.error;
    const { route } = result;
    const service = route.service.signingName;
    verifySignature(wire, { now: clock.now(), findKey: () => credentials, family: 'query', service });
    const answer = (() => {
      try {
        return codec.writeOutput(route, handle(codec.readInput(route, wire.body, wire)), 'id-7');
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return codec.writeError(route.protocol, error, { requestId: 'id-7', service: route.service, method: 'POST' });
      }
    })();
    return Promise.resolve({ status: answer.status, headers: {}, body: Buffer.from(answer.body) });
  };
}

function clientFor(key: string, send: (request: ClientRequest) => Promise<ClientResponse>) {
  const options = { model: model.services.get(key)!, endpoint: 'http://127.0.0.1:4566', region: 'eu-central-1' };
  return createQueryClient({ ...options, credentials }, { clock, send });
}

describe.for(['elasticloadbalancingv2', 'ec2'])('the query client of %s', (key) => {
  test('sends and receives what was meant, against our own server side', async () => {
    const operations = [...model.services.get(key)!.operations.values()];
    for (const operation of operations.filter((_, i) => i % Math.ceil(operations.length / 40) === 0)) {
      const [input] = fc.sample(values.structure(operation.input), { numRuns: 1, seed: 7 });
      const [output] = fc.sample(values.structure(operation.output), { numRuns: 1, seed: 8 });
      const seen: unknown[] = [];
      const client = clientFor(
        key,
        serverFor((read) => {
          seen.push(read);
          return asInstants(output);
        }),
      );
      const received = await client.call(operation.name, asInstants(input) as object);
      expect(received, operation.name).toEqual(operation.output === undefined ? {} : asInstants(output));
      expect(seen[0], operation.name).toEqual(sayable(asInstants(input), key !== 'ec2') ?? {});
    }
  });

  test('a refusal is an ApiError with code, message, status and request id', async () => {
    const client = clientFor(
      key,
      serverFor(() => {
        throw new ApiError('DependencyViolation', 'still <used>', { status: 400 });
      }),
    );
    const name = key === 'ec2' ? 'DescribeVpcs' : 'DescribeRules';
    await expect(client.call(name, {})).rejects.toMatchObject({
      code: 'DependencyViolation',
      message: 'still <used>',
      status: 400,
      requestId: 'id-7',
    });
  });

  test('an answer that is not XML is told as such', async () => {
    const answer = (body: string) =>
      clientFor(key, () => Promise.resolve({ status: 502, headers: {}, body: Buffer.from(body) }));
    const name = key === 'ec2' ? 'DescribeVpcs' : 'DescribeRules';
    for (const body of ['', 'bad gateway', '<html><p></html>', '<!DOCTYPE html><html/>', '<a>&lol;</a>', '<a/><b/>']) {
      await expect(answer(body).call(name, {})).rejects.toMatchObject({ code: 'InvalidResponse', status: 502 });
    }
    await expect(answer('<html>&#x41;</html>').call(name, {})).rejects.toMatchObject({ code: 'UnknownError' });
  });
});
