import { type Api, isAgentOperation } from '#api';
import { AssertionFailure, type Clock, Fault, type Ids, type Logger, messageOf, type Turnstile } from '#base';
import type { Principal } from '#model';
import {
  ApiError,
  bodyLimitOf,
  type Codec,
  decodeBody,
  familyOf,
  headerOf,
  KnownSigners,
  type RouteResult,
  type Router,
  SigningKeys,
  verifySignature,
  type WireAnswer,
  type WireRequest,
} from '#wire/aws';
import type { FindIdentity } from './identity.ts';
import type { RequestMeter } from './request-meter.ts';

export interface AnswererDeps {
  readonly api: Api;
  readonly router: Router;
  readonly codec: Codec;
  readonly findIdentity: FindIdentity;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly turns: Turnstile;
  readonly meter?: RequestMeter;
}

/** A verified caller. */
export interface Caller {
  readonly principal: Principal;
  readonly region: string;
}

/** Where an error happened, as far as it is known: it decides how the error is written. */
interface Situation {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly place: RouteResult;
}

/**
 * Requests to answers: route, verify, read, call, write. Whatever goes wrong becomes an error in the protocol the
 * caller speaks; a defect of ours becomes a 500 that shows a request id and hides its text.
 */
export class Answerer {
  readonly #deps: AnswererDeps;
  readonly #signingKeys = new SigningKeys(1024);
  readonly #signers = new KnownSigners(1024);

  constructor(deps: AnswererDeps) {
    this.#deps = deps;
  }

  /** The largest body to read for a request whose headers are known. */
  bodyLimit(request: WireRequest): number {
    const place = this.#deps.router.route(request);
    return bodyLimitOf('route' in place ? place.route.service.key : undefined);
  }

  async answer(request: WireRequest): Promise<WireAnswer> {
    const { clock, ids, logger, router, turns } = this.#deps;
    const place = router.route(request);
    await turns.pass(isOfAgents(place) ? 'upkeep' : 'callers');
    const situation = { request, requestId: ids.uuid(), place };
    const startedAt = clock.now();
    const answered = this.#deps.meter?.begin();
    let answer: WireAnswer;
    try {
      answer = await this.#run(situation);
    } catch (error) {
      answer = this.#failed(situation, error);
    }
    answered?.(situation.place, answer.status);
    const durationMs = Math.round((clock.now() - startedAt) * 1000);
    logger.debug('request', { requestId: situation.requestId, operation: operationOf(situation), durationMs });
    return answer;
  }

  /** The answer to a request that could not even be read. */
  refuse(request: WireRequest, error: ApiError): WireAnswer {
    const { ids, router, meter } = this.#deps;
    const answered = meter?.begin();
    const place = router.route(request);
    const answer = this.#failed({ request, requestId: ids.uuid(), place }, error);
    answered?.(place, answer.status);
    return answer;
  }

  /** Verifies a request's signature. Throws ApiError. */
  verify(request: WireRequest, family: ReturnType<typeof familyOf>, signingName?: string): Caller {
    const { clock, findIdentity } = this.#deps;
    const verified = verifySignature(request, {
      now: clock.now(),
      family,
      findKey: findIdentity,
      keys: this.#signingKeys,
      signers: this.#signers,
      ...(signingName === undefined ? {} : { service: signingName }),
    });
    const identity = findIdentity(verified.accessKeyId, verified.sessionToken);
    if (identity === undefined) {
      throw new ApiError('UnrecognizedClientException', 'The security token included in the request is invalid.');
    }
    return { principal: identity.principal, region: checkedRegion(verified.region) };
  }

  async #run({ request, requestId, place }: Situation): Promise<WireAnswer> {
    if ('failure' in place) throw place.failure.error;
    const { route } = place;
    const caller = this.verify(request, familyOf(route.protocol, route.service.signingName), route.service.signingName);
    const body = decodeBody(request.headers, request.body, bodyLimitOf(route.service.key));
    const input = this.#deps.codec.readInput(route, body, request);
    const output = await this.#deps.api.call({
      service: route.service.key,
      operation: route.operation.name,
      input,
      ...caller,
      requestId,
      endpoint: endpointOf(request),
    });
    await this.#deps.turns.passFirst();
    return this.#deps.codec.writeOutput(route, output, requestId);
  }

  #failed({ request, requestId, place }: Situation, thrown: unknown): WireAnswer {
    const error = this.#apiErrorFrom(thrown, { requestId });
    const [protocol, service] =
      'route' in place ? [place.route.protocol, place.route.service] : [place.failure.protocol, place.failure.service];
    return this.#deps.codec.writeError(protocol, error, { requestId, service, method: request.method });
  }

  #apiErrorFrom(thrown: unknown, fields: { readonly requestId: string }): ApiError {
    const { logger } = this.#deps;
    if (thrown instanceof ApiError) return thrown;
    if (thrown instanceof Fault) {
      logger.warn('request refused', { ...fields, code: thrown.code, reason: thrown.message });
      return new ApiError('ServerException', thrown.message, { status: thrown.retryable ? 503 : 500 });
    }
    const defect = thrown instanceof AssertionFailure ? 'broken invariant' : 'unexpected error';
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    logger.error(defect, { ...fields, reason: messageOf(thrown), stack });
    return new ApiError('ServerException', `An internal error occurred. Request id: ${fields.requestId}`, {
      status: 500,
    });
  }
}

function isOfAgents(place: RouteResult): boolean {
  return 'route' in place && isAgentOperation(place.route.operation.name);
}

function operationOf({ place }: Situation): string {
  return 'route' in place ? `${place.route.service.key}:${place.route.operation.name}` : place.failure.reason;
}

/** Regions become part of ARNs, so only names of their form are let in. */
function checkedRegion(region: string): string {
  if (/^[a-z]{2,}(-[a-z0-9]+){0,4}$/.test(region) && region.length <= 32) return region;
  throw new ApiError(
    'InvalidSignatureException',
    `Credential should be scoped to a valid region, not '${region.slice(0, 64)}'.`,
  );
}

/** The base URL as the caller wrote it. */
function endpointOf(request: WireRequest): string {
  return `http://${headerOf(request.headers, 'host') ?? 'localhost'}`;
}
