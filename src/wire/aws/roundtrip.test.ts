import * as ecsClient from '@aws-sdk/client-ecs';
import { type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantFromMs, unreachable } from '#base';
import { additions } from '../shapes/index.ts';
import { ApiError } from './api-error.ts';
import { loadModel, type OperationModel } from './model.ts';
import { createCodec } from './protocol/codec.ts';
import type { WireAnswer, WireRequest } from './request.ts';
import { createRouter } from './route.ts';
import type { Constraint, Member, Shape, StructureShape } from './shape.ts';
import { SigningKeys } from './sigv4-canonical.ts';
import { verifySignature } from './sigv4-verify.ts';

/**
 * The official client is the oracle. Its requests, built from random values, must come out of our router, signature
 * check and reader as the same values; what our writer answers must come out of the client as the values put in.
 */

const model = loadModel();
const router = createRouter(model);
const codec = createCodec();
const keys = new SigningKeys();
const ecs = model.services.get('ecs')!;
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

/** Timestamps of neutral values: told from plain numbers by their class, so that each side can have its own form. */
class Time {
  readonly epochMs: number;
  constructor(epochMs: number) {
    this.epochMs = epochMs;
  }
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).filter(isWellFormed),
  fc.constantFrom('', 'a', '日本', '"\\'),
);

// Beyond the safe integers the client turns to BigInt.
const numbers = fc.double({ noNaN: true, min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }).map((value) => value + 0);

const json = fc.oneof(text, fc.integer(), fc.boolean());

function isWellFormed(value: string): boolean {
  return value.isWellFormed() && value !== '__proto__';
}

function valueOf(
  shape: Shape,
  member: Member,
  constraint: Constraint | undefined,
  depth: number,
): fc.Arbitrary<unknown> {
  switch (shape.type) {
    case 'string':
      return constraint?.enum === undefined ? text : fc.constantFrom(...constraint.enum);
    case 'number':
      if (constraint?.number === 'integer') return fc.integer();
      return constraint?.number === 'long' ? fc.maxSafeInteger() : numbers;
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
      return fc.integer({ min: 0, max: 4_102_444_800_000 }).map((ms) => new Time(ms));
    case 'blob':
      return fc.uint8Array({ maxLength: 8 });
    case 'document':
      return fc.oneof(json, fc.array(json), fc.dictionary(fc.string({ maxLength: 4 }).filter(isWellFormed), json));
    case 'list':
      return fc.array(valueOf(shape.member.shape, shape.member, constraint?.member, depth + 1), { maxLength: 3 });
    case 'map':
      return fc.dictionary(text, valueOf(shape.value.shape, shape.value, constraint?.value, depth + 1), { maxKeys: 3 });
    case 'structure':
      return structureOf(shape, depth + 1);
    case 'union': {
      const members = [...shape.members.values()];
      return fc.oneof(...members.map((inner) => fc.record({ [inner.name]: memberValue(inner, depth + 1) })));
    }
    default:
      return unreachable(shape);
  }
}

function memberValue(member: Member, depth: number): fc.Arbitrary<unknown> {
  return valueOf(member.shape, member, member.constraint, depth);
}

function structureOf(shape: StructureShape | undefined, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const members = [...(shape?.members.values() ?? [])].filter(
    (member) => (member.required || depth < 8) && !isAddition(shape, member),
  );
  const record = Object.fromEntries(members.map((member) => [member.name, memberValue(member, depth)]));
  const requiredKeys = members.filter((member) => member.required).map((member) => member.name);
  return fc.record(record, { requiredKeys });
}

/** Members that only the agent sends are unknown to the client. */
function isAddition(shape: StructureShape | undefined, member: Member): boolean {
  return additions.ecs?.[shape?.name ?? '']?.[member.name] !== undefined;
}

/** A neutral value with its timestamps in the form one side uses. */
function withTimes(value: unknown, form: (time: Time) => unknown): unknown {
  if (value instanceof Time) return form(value);
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => withTimes(entry, form));
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withTimes(entry, form)]));
}

const asDates = (value: unknown): unknown => withTimes(value, (time) => new Date(time.epochMs));
const asInstants = (value: unknown): unknown => withTimes(value, (time) => instantFromMs(time.epochMs));

interface Exchange {
  request?: WireRequest;
  answer: (request: WireRequest) => WireAnswer;
}

/** A client whose requests go to `exchange` instead of a network. */
function clientFor(exchange: Exchange): ecsClient.ECSClient {
  return new ecsClient.ECSClient({
    region: 'eu-central-1',
    endpoint: 'http://127.0.0.1:4566',
    credentials,
    maxAttempts: 1,
    requestHandler: {
      handle: (request: HttpRequest) => {
        const wire = {
          method: request.method,
          url: request.path,
          headers: Object.fromEntries(
            Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
          ),
          body: bytesOf(request.body),
        };
        exchange.request = wire;
        const { status, headers, body } = exchange.answer(wire);
        return Promise.resolve({
          response: new HttpResponse({ statusCode: status, headers: lowerCased(headers), body: Buffer.from(body) }),
        });
      },
    },
  });
}

function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? new Uint8Array(body) : Buffer.from(typeof body === 'string' ? body : '');
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function send(client: ecsClient.ECSClient, operation: string, input: unknown): Promise<Record<string, unknown>> {
  const Command = (ecsClient as unknown as Record<string, new (input: unknown) => never>)[`${operation}Command`]!;
  const answer: unknown = await client.send(new Command(input));
  const { $metadata: _, ...output } = answer as Record<string, unknown>;
  return output;
}

const now = (): ReturnType<typeof instantFromMs> => instantFromMs(Date.now());

async function exchangeOnce(
  operation: OperationModel,
  input: unknown,
  output: unknown,
  form: (value: unknown) => unknown,
): Promise<void> {
  let read: Record<string, unknown> = {};
  const exchange: Exchange = {
    answer: (request) => {
      const routed = router.route(request);
      if (!('route' in routed)) throw routed.failure.error;
      const { route } = routed;
      expect(route.operation.name).toBe(operation.name);
      const findKey = () => credentials;
      const verified = verifySignature(request, { now: now(), findKey, family: 'json', service: 'ecs', keys });
      expect(verified).toEqual({ accessKeyId: 'AKIDEXAMPLE', region: 'eu-central-1', service: 'ecs' });
      read = codec.readInput(route, request.body);
      return codec.writeOutput(route, form(output), 'request-1');
    },
  };
  const received = await send(clientFor(exchange), operation.name, asDates(input));
  for (const member of operation.input?.members.values() ?? []) {
    // The client fills in a missing idempotency token of its own.
    const filledIn =
      member.traits.idempotencyToken !== undefined && (input as Record<string, unknown>)[member.name] === undefined;
    if (filledIn) delete read[member.name];
  }
  expect(read).toEqual(asInstants(input));
  expect(received).toEqual(asDates(output));
}

describe('every ECS operation against the official client', () => {
  test.for([...ecs.operations.values()].map((operation) => [operation.name, operation] as const))(
    '%s',
    async ([, operation]) => {
      await fc.assert(
        fc.asyncProperty(
          structureOf(operation.input, 0),
          structureOf(operation.output, 0),
          fc.constantFrom(asDates, asInstants),
          async (input, output, form) => {
            await exchangeOnce(operation, input, output, form);
          },
        ),
        { numRuns: 12, seed: 20261121 },
      );
    },
  );
});

describe('errors', () => {
  test.for([...ecs.errors])('%s becomes the exception of the client', async ([code, shape]) => {
    const members = shape.members.has('resourceIds') ? { resourceIds: ['arn:1', 'arn:2'] } : {};
    const error = new ApiError(code, 'because', { members });
    const exchange: Exchange = {
      answer: (request) =>
        codec.writeError('awsJson1_1', error, { requestId: 'r', service: ecs, method: request.method }),
    };
    const thrown: unknown = await send(clientFor(exchange), 'ListClusters', {}).catch((failure: unknown) => failure);
    const Class = (ecsClient as unknown as Record<string, new (...args: never[]) => Error>)[code]!;
    expect(thrown).toBeInstanceOf(Class);
    expect(thrown).toMatchObject({ name: code, message: 'because', $metadata: { requestId: 'r' }, ...members });
  });
});
