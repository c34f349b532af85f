import * as acmClient from '@aws-sdk/client-acm';
import * as ecsClient from '@aws-sdk/client-ecs';
import * as cloudMapClient from '@aws-sdk/client-servicediscovery';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { additions } from '../shapes/index.ts';
import { ApiError } from './api-error.ts';
import { asDates, asInstants, callClient, codec, exchange, model } from './test-support/exchange.ts';
import { Values } from './test-support/values.ts';

/**
 * The official client is the oracle. Its requests, built from random values, must come out of our router, signature
 * check and reader as the same values; what our writer answers must come out of the client as the values put in.
 */

const ecs = model.services.get('ecs')!;

const ecsValues = new Values({
  // Members that only the agent sends are unknown to the client.
  unknown: (shape, member) => additions.ecs?.[shape.name]?.[member.name] !== undefined,
});

describe('every ECS operation against the official client', () => {
  test.for([...ecs.operations.values()].map((operation) => [operation.name, operation] as const))(
    '%s',
    async ([, operation]) => {
      await fc.assert(
        fc.asyncProperty(
          ecsValues.structure(operation.input),
          ecsValues.structure(operation.output),
          fc.constantFrom(asDates, asInstants),
          async (input, output, form) => {
            const exchanged = await exchange(ecsClient, ecs, operation, { input, output: form(output) });
            expect(exchanged.read).toEqual(asInstants(input));
            expect(exchanged.received).toEqual(asDates(output));
          },
        ),
        { numRuns: 12, seed: 20261121 },
      );
    },
  );
});

describe.for([
  ['servicediscovery', cloudMapClient],
  ['acm', acmClient],
] as const)('every operation of %s against the official client', ([key, client]) => {
  const service = model.services.get(key)!;
  const values = new Values();
  test.for([...service.operations.values()].map((operation) => [operation.name, operation] as const))(
    '%s',
    async ([, operation]) => {
      await fc.assert(
        fc.asyncProperty(
          values.structure(operation.input),
          values.structure(operation.output),
          async (input, output) => {
            const exchanged = await exchange(client, service, operation, { input, output: asInstants(output) });
            expect(exchanged.read).toEqual(asInstants(input));
            expect(exchanged.received).toEqual(asDates(output));
          },
        ),
        { numRuns: 6, seed: 20261122 },
      );
    },
  );
});

describe('errors', () => {
  test.for([...ecs.errors])('%s becomes the exception of the client', async ([code, shape]) => {
    const members = shape.members.has('resourceIds') ? { resourceIds: ['arn:1', 'arn:2'] } : {};
    const error = new ApiError(code, 'because', { members });
    const thrown: unknown = await callClient(ecsClient, 'ListClusters', {}, (request) =>
      codec.writeError('awsJson1_1', error, { requestId: 'r', service: ecs, method: request.method }),
    ).catch((failure: unknown) => failure);
    const Class = (ecsClient as unknown as Record<string, new (...args: never[]) => Error>)[code]!;
    expect(thrown).toBeInstanceOf(Class);
    expect(thrown).toMatchObject({ name: code, message: 'because', $metadata: { requestId: 'r' }, ...members });
  });
});
