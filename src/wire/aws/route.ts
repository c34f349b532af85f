import type { ApiError } from './api-error.ts';
import { familyOf, notServed, unknownOperation } from './family.ts';
import type { Model, ServiceModel } from './model.ts';
import type { Route } from './protocol/codec.ts';
import { headerOf, mediaTypeOf, splitTarget, type WireRequest } from './request.ts';
import { compileRestRoutes, type RestRoutes } from './rest-route.ts';
import { readClaim } from './sigv4-claim.ts';
import type { ProtocolName, ServiceFacts } from './snapshot.ts';

/** Why a request goes nowhere, and the error to answer with. */
export interface RouteFailure {
  readonly reason: 'unknownTarget' | 'unknownOperation' | 'notServed' | 'unroutable';
  readonly protocol: ProtocolName;
  readonly error: ApiError;
  /** The service, when it is one we have shapes for. */
  readonly service: ServiceModel | undefined;
}

export type RouteResult = { readonly route: Route } | { readonly failure: RouteFailure };

/**
 * Which operation of which service a request on the one port is for. The ways to tell, in this order: the
 * `smithy-protocol` header, `X-Amz-Target`, `Action` and `Version` in form or query, and for REST the service in the
 * signature's scope, the host name, the path. The scope is a claim until it is verified: verify it against the routed
 * service. The body is looked at only for forms, so a request with `X-Amz-Target` may be routed before its body is read.
 */
export interface Router {
  route(request: WireRequest): RouteResult;
}

interface Known {
  readonly facts: ServiceFacts;
  /** Absent: nothing here serves it. */
  readonly service: ServiceModel | undefined;
  /** The paths of a REST service that is served. */
  readonly rest: () => RestRoutes | undefined;
}

export function createRouter(model: Model): Router {
  const known: readonly Known[] = [
    ...[...model.services.values()].map((service) => ({ facts: service, service, rest: restRoutesOf(service) })),
    ...model.absent.map((facts) => ({ facts, service: undefined, rest: () => undefined })),
  ];
  const byTarget = new Map(
    known.flatMap((entry) => entry.facts.targetPrefixes.map((prefix) => [prefix, entry] as const)),
  );
  return {
    route(request) {
      const { path, query } = splitTarget(request.url);
      if (headerOf(request.headers, 'smithy-protocol') === 'rpc-v2-cbor') return routeCbor(byTarget, path);
      const target = headerOf(request.headers, 'x-amz-target');
      if (target !== undefined) return routeTarget(byTarget, target, request);
      const action = actionOf(request, query);
      if (action !== undefined) return routeAction(known, action, request);
      return routeRest(known, request, path, query);
    },
  };
}

/** Compiled at the first request that may be the service's. */
function restRoutesOf(service: ServiceModel): () => RestRoutes | undefined {
  if (!service.protocols.some(isRest)) return () => undefined;
  let compiled: RestRoutes | undefined;
  return () => {
    compiled ??= compileRestRoutes(service);
    return compiled;
  };
}

function isRest(protocol: ProtocolName): boolean {
  return protocol === 'restJson1' || protocol === 'restXml';
}

function routeCbor(byTarget: ReadonlyMap<string, Known>, path: string): RouteResult {
  const match = /\/service\/([^/]+)\/operation\/([^/]+)$/.exec(path);
  const [, target = '', operation = ''] = match ?? [];
  return routeNamed(byTarget.get(target), target, operation, 'rpcv2Cbor');
}

/** The operation stands after the last dot: prefixes may hold dots themselves. */
function routeTarget(byTarget: ReadonlyMap<string, Known>, target: string, request: WireRequest): RouteResult {
  const dot = target.lastIndexOf('.');
  const prefix = target.slice(0, Math.max(0, dot));
  const entry = byTarget.get(prefix);
  const protocol = jsonProtocolOf(request, entry?.facts);
  return routeNamed(entry, prefix, target.slice(dot + 1), protocol);
}

/** The version the client names in its content type, else the service's. */
function jsonProtocolOf(request: WireRequest, facts: ServiceFacts | undefined): ProtocolName {
  const mediaType = mediaTypeOf(request.headers);
  if (mediaType === 'application/x-amz-json-1.0') return 'awsJson1_0';
  if (mediaType === 'application/x-amz-json-1.1') return 'awsJson1_1';
  return facts?.protocols.find((protocol) => protocol === 'awsJson1_0' || protocol === 'awsJson1_1') ?? 'awsJson1_1';
}

function routeNamed(
  entry: Known | undefined,
  name: string,
  operationName: string,
  protocol: ProtocolName,
): RouteResult {
  const family = familyOf(protocol);
  if (entry === undefined) {
    return failed('unknownTarget', protocol, notServed(`The service '${printable(name)}'`, family));
  }
  const { service, facts } = entry;
  if (service === undefined) return failed('notServed', protocol, notServed(facts.title, family));
  const operation = service.operations.get(operationName);
  if (operation !== undefined) return { route: { service, operation, protocol } };
  const error = unknownOperation(printable(operationName), facts.version, family);
  return { failure: { reason: 'unknownOperation', protocol, error, service } };
}

interface Action {
  readonly name: string;
  readonly version: string;
}

function actionOf(request: WireRequest, query: string): Action | undefined {
  const isForm = mediaTypeOf(request.headers) === 'application/x-www-form-urlencoded' && request.body.length > 0;
  const form = isForm ? Buffer.from(request.body).toString('latin1') : '';
  for (const text of [form, query]) {
    if (!/(?:^|&)Action=/.test(text)) continue;
    const parameters = new URLSearchParams(text);
    return { name: parameters.get('Action') ?? '', version: parameters.get('Version') ?? '' };
  }
  return undefined;
}

/** By version, the signed service first; a version nobody has falls back on the signed service. */
function routeAction(known: readonly Known[], action: Action, request: WireRequest): RouteResult {
  const candidates = known.filter(({ facts }) => facts.protocols.some(isQuery));
  const signingName = signedService(request);
  const ofVersion = candidates.filter(({ facts }) => facts.version === action.version);
  const signed = ({ facts }: Known): boolean => facts.signingName === signingName;
  const entry = ofVersion.find(signed) ?? ofVersion[0] ?? candidates.find(signed);
  const protocol = entry?.facts.protocols.find(isQuery) ?? 'awsQuery';
  if (entry !== undefined) return routeNamed(entry, entry.facts.key, action.name, protocol);
  if (signingName !== undefined) {
    return failed('notServed', protocol, notServed(`The service '${printable(signingName)}'`, familyOf(protocol)));
  }
  const error = unknownOperation(printable(action.name), printable(action.version), familyOf(protocol));
  return failed('unroutable', protocol, error);
}

function isQuery(protocol: ProtocolName): boolean {
  return protocol === 'awsQuery' || protocol === 'ec2Query';
}

/** REST: the signed service decides; without a signature the host name, then the path among the services, S3 last. */
function routeRest(known: readonly Known[], request: WireRequest, path: string, query: string): RouteResult {
  const signingName = signedService(request);
  if (signingName !== undefined) {
    const entry = known.find(({ facts }) => facts.signingName === signingName);
    if (entry !== undefined) return routeInService(entry, request, path, query);
    const service = `The service '${printable(signingName)}'`;
    return failed('notServed', 'restJson1', notServed(service, 'restJson'));
  }
  const host = headerOf(request.headers, 'host') ?? '';
  const named = known.find(({ facts }) => facts.protocols.some(isRest) && host.startsWith(`${facts.hostPrefix}.`));
  if (named !== undefined) return routeInService(named, request, path, query);
  const byPath = known
    .filter(({ facts, service }) => service !== undefined && facts.protocols.some(isRest))
    .sort((a, b) => Number(speaksXml(a)) - Number(speaksXml(b)));
  for (const entry of byPath) {
    const result = routeInService(entry, request, path, query);
    if ('route' in result) return result;
  }
  return failed('unroutable', 'restJson1', unknownOperation('', '', 'restJson'));
}

function speaksXml(entry: Known): boolean {
  return entry.facts.protocols.includes('restXml');
}

function routeInService(entry: Known, request: WireRequest, path: string, query: string): RouteResult {
  const { facts, service, rest } = entry;
  const protocol = facts.protocols.find(isRest) ?? facts.protocols[0] ?? 'restJson1';
  const family = familyOf(protocol, facts.signingName);
  if (service === undefined) return failed('notServed', protocol, notServed(facts.title, family));
  const match = rest()?.match({ method: request.method, path, query, headers: request.headers });
  if (match !== undefined) return { route: { service, operation: match.operation, protocol, labels: match.labels } };
  const error = unknownOperation('', facts.version, family);
  return { failure: { reason: 'unknownOperation', protocol, error, service } };
}

function failed(reason: RouteFailure['reason'], protocol: ProtocolName, error: ApiError): RouteResult {
  return { failure: { reason, protocol, error, service: undefined } };
}

/** The service in the scope of the request's signature, headers or query. */
function signedService(request: WireRequest): string | undefined {
  const result = readClaim(request);
  return 'claim' in result ? result.claim.scope.service : undefined;
}

/** A caller's text as an answer may repeat it. */
function printable(text: string): string {
  return text.replaceAll(/[^\w .:/+-]/g, '?').slice(0, 128);
}
