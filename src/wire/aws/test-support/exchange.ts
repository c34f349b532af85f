import { type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { instantFromMs } from '#base';
import { additions, snapshots } from '../../shapes/index.ts';
import { familyOf } from '../family.ts';
import { loadModel, loadService, type Model, type OperationModel, type ServiceModel } from '../model.ts';
import { createCodec } from '../protocol/codec.ts';
import type { WireAnswer, WireRequest } from '../request.ts';
import { createRouter } from '../route.ts';
import { SigningKeys } from '../sigv4-canonical.ts';
import { verifySignature } from '../sigv4-verify.ts';
import type { ConstraintEntry, ConstraintsSnapshot } from '../snapshot.ts';
import { withTimes } from './values.ts';

/** The constraints without those that random values break: the kinds of numbers and the enums are left. */
function relaxed(constraints: ConstraintsSnapshot): ConstraintsSnapshot {
  const relax = (entry: ConstraintEntry): ConstraintEntry => ({
    ...(entry.enum === undefined ? {} : { enum: entry.enum }),
    ...(entry.number === undefined ? {} : { number: entry.number }),
    ...(entry.member === undefined ? {} : { member: relax(entry.member) }),
    ...(entry.key === undefined ? {} : { key: relax(entry.key) }),
    ...(entry.value === undefined ? {} : { value: relax(entry.value) }),
  });
  const members = Object.entries(constraints.members).map(([name, entry]) => [name, relax(entry)] as const);
  return { ...constraints, members: Object.fromEntries(members) };
}

function relaxedModel(): Model {
  const services = snapshots.served.map(({ key, load }) => {
    const { shapes, constraints } = load();
    return [key, loadService(shapes, constraints && relaxed(constraints), additions[key])] as const;
  });
  return { ...loadModel(), services: new Map(services) };
}

/** One router and one codec, as a server has. */
export const model = relaxedModel();
export const codec = createCodec();
const router = createRouter(model);
const keys = new SigningKeys();
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

export type ClientModule = object;

interface Client {
  send(command: unknown): Promise<Record<string, unknown>>;
}

/** A client and what its requests go to instead of a network. */
interface Wired {
  readonly client: Client;
  answer: (request: WireRequest) => WireAnswer;
}

const wired = new WeakMap<ClientModule, Wired>();

/** Calls an operation with the official client, one call at a time; its request goes to `answer`. */
export async function callClient(
  module: ClientModule,
  operation: string,
  input: unknown,
  answer: (request: WireRequest) => WireAnswer,
): Promise<Record<string, unknown>> {
  const exports = module as Record<string, new (options: unknown) => unknown>;
  const wire = wired.get(module) ?? wireUp(exports);
  wired.set(module, wire);
  wire.answer = answer;
  const { $metadata: _, ...output } = await wire.client.send(new exports[`${operation}Command`]!(input));
  return output;
}

function wireUp(exports: Record<string, new (options: unknown) => unknown>): Wired {
  const name = Object.keys(exports).find((each) => /^[A-Z]\w*Client$/.test(each)) ?? '';
  const answers: Pick<Wired, 'answer'> = {
    answer: () => {
      throw new Error('nobody answers');
    },
  };
  const client = new exports[name]!({
    region: 'eu-central-1',
    endpoint: 'http://127.0.0.1:4566',
    disableHostPrefix: true,
    credentials,
    maxAttempts: 1,
    requestHandler: {
      handle: (request: HttpRequest) => {
        const { status, headers, body } = answers.answer(wireRequest(request));
        return Promise.resolve({
          response: new HttpResponse({ statusCode: status, headers: lowerCased(headers), body: Buffer.from(body) }),
        });
      },
    },
  }) as Client;
  return Object.assign(answers, { client });
}

function wireRequest(request: HttpRequest): WireRequest {
  const { method, path, query, headers, body } = request;
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`),
  );
  return {
    method,
    url: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
    headers: lowerCased(headers),
    body: body instanceof Uint8Array ? new Uint8Array(body) : Buffer.from(typeof body === 'string' ? body : ''),
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

export const asDates = (value: unknown): unknown => withTimes(value, (time) => new Date(time.epochMs));
export const asInstants = (value: unknown): unknown => withTimes(value, (time) => instantFromMs(time.epochMs));

export interface Exchanged {
  /** What our reader made of the client's request; timestamps are instants. */
  readonly read: Record<string, unknown>;
  /** What the client made of our writer's answer; timestamps are Dates. */
  readonly received: Record<string, unknown>;
}

/** A neutral input on its way in and an output, in the given form, on its way out. */
export async function exchange(
  module: ClientModule,
  service: ServiceModel,
  operation: OperationModel,
  values: { readonly input: Record<string, unknown>; readonly output: unknown },
): Promise<Exchanged> {
  let read: Record<string, unknown> = {};
  const received = await callClient(module, operation.name, asDates(values.input), (request) => {
    const routed = router.route(request);
    if (!('route' in routed)) throw routed.failure.error;
    const { route } = routed;
    if (route.operation.name !== operation.name) throw new Error(`routed to ${route.operation.name}`);
    const family = familyOf(route.protocol, service.signingName);
    const now = instantFromMs(Date.now());
    verifySignature(request, { now, findKey: () => credentials, family, service: service.signingName, keys });
    read = codec.readInput(route, request.body, request);
    return codec.writeOutput(route, values.output, 'request-1');
  });
  for (const member of operation.input?.members.values() ?? []) {
    // The client fills in a missing idempotency token of its own.
    if (member.traits.idempotencyToken !== undefined && values.input[member.name] === undefined)
      delete read[member.name];
  }
  return { read, received };
}
