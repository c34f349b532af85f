import type { OperationModel, ServiceModel } from './model.ts';
import { headerOf, type WireHeaders } from './request.ts';

/**
 * The routes of a REST service, from its operations' `http` traits (`["GET", "/2015-03-31/functions/{FunctionName}",
 * 200]`). Operations that share method and path are told apart by what else the request must have: fixed query pairs,
 * required query members, required headers. The most specific match wins.
 */
export interface RestRoutes {
  match(request: RestRequest): RestMatch | undefined;
}

export interface RestRequest {
  readonly method: string;
  /** Still encoded. */
  readonly path: string;
  readonly query: string;
  readonly headers: WireHeaders;
}

export interface RestMatch {
  readonly operation: OperationModel;
  /** The values of the path's labels, decoded. */
  readonly labels: Readonly<Record<string, string>>;
}

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  /** A greedy label takes the rest of the path, slashes included. */
  | { readonly kind: 'label'; readonly name: string; readonly greedy: boolean };

interface Pattern {
  readonly operation: OperationModel;
  readonly method: string;
  readonly segments: readonly Segment[];
  readonly query: readonly (readonly [name: string, value: string | undefined])[];
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
  readonly specificity: number;
}

export function compileRestRoutes(service: ServiceModel): RestRoutes {
  const isS3 = service.protocols.includes('restXml');
  const patterns = [...service.operations.values()]
    .map((operation) => compilePattern(operation, isS3))
    .filter((pattern) => pattern !== undefined)
    .sort((a, b) => b.specificity - a.specificity);
  return {
    match(request) {
      const segments = segmentsOf(isS3 ? bucketPath(request) : request.path);
      const parameters = new URLSearchParams(request.query);
      for (const pattern of patterns) {
        if (pattern.method !== request.method || !hasAll(pattern, parameters, request.headers)) continue;
        const labels = matchSegments(pattern.segments, segments);
        if (labels !== undefined) return { operation: pattern.operation, labels };
      }
      return undefined;
    },
  };
}

function compilePattern(operation: OperationModel, isS3: boolean): Pattern | undefined {
  const trait = operation.traits.http as readonly [string, string, number] | undefined;
  if (trait === undefined) return undefined;
  const [method, uri] = trait;
  const [path = '/', query = ''] = uri.split('?', 2);
  const members = [...(operation.input?.members.values() ?? [])];
  // The model of S3 leaves the bucket to the host name; on one port it is the first part of the path.
  const bucket = isS3 && members.some((member) => member.name === 'Bucket' && member.traits.httpLabel !== undefined);
  const segments = segmentsOf(bucket ? `/{Bucket}${path === '/' ? '' : path}` : path).map(compileSegment);
  const pairs = [...new URLSearchParams(query)]
    // Only some clients send `x-id`, and only to tell operations apart in logs.
    .filter(([name]) => name !== 'x-id')
    .map(([name, value]) => [name, value === '' ? undefined : value] as const);
  const required = members.filter((member) => member.required);
  const requiredQuery = required.map((member) => member.traits.httpQuery).filter((name) => typeof name === 'string');
  const requiredHeaders = required
    .map((member) => member.traits.httpHeader)
    .filter((name) => typeof name === 'string')
    .map((name) => name.toLowerCase());
  const literals = segments.filter((segment) => segment.kind === 'literal').length;
  const greedy = segments.some((segment) => segment.kind === 'label' && segment.greedy);
  const extras = pairs.length * 2 + requiredQuery.length + requiredHeaders.length;
  const specificity = literals * 1000 + segments.length * 100 - (greedy ? 50 : 0) + extras;
  return { operation, method, segments, query: pairs, requiredQuery, requiredHeaders, specificity };
}

function compileSegment(text: string): Segment {
  const label = /^\{(\w+)(\+)?\}$/.exec(text);
  return label === null
    ? { kind: 'literal', text }
    : { kind: 'label', name: label[1] ?? '', greedy: label[2] !== undefined };
}

/** The parts between slashes; one trailing slash says nothing. */
function segmentsOf(path: string): string[] {
  const trimmed = path.replace(/^\//, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

function hasAll(pattern: Pattern, parameters: URLSearchParams, headers: WireHeaders): boolean {
  return (
    pattern.query.every(([name, value]) =>
      value === undefined ? parameters.has(name) : parameters.get(name) === value,
    ) &&
    pattern.requiredQuery.every((name) => parameters.has(name)) &&
    pattern.requiredHeaders.every((name) => headers[name] !== undefined)
  );
}

function matchSegments(pattern: readonly Segment[], path: readonly string[]): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  const last = pattern.at(-1);
  const greedy = last?.kind === 'label' && last.greedy;
  // `/bucket/` is the bucket itself.
  const given = !greedy && path.length === pattern.length + 1 && path.at(-1) === '' ? path.slice(0, -1) : path;
  if (greedy ? given.length < pattern.length : given.length !== pattern.length) return undefined;
  for (const [i, segment] of pattern.entries()) {
    const text = segment.kind === 'label' && segment.greedy ? given.slice(i).join('/') : (given[i] ?? '');
    const decoded = decodePath(text);
    if (decoded === undefined || decoded === '') return undefined;
    if (segment.kind === 'label') labels[segment.name] = decoded;
    else if (decoded !== segment.text) return undefined;
  }
  return labels;
}

function decodePath(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** `bucket.s3.<domain>` in the host becomes the first part of the path. */
function bucketPath(request: RestRequest): string {
  const host = headerOf(request.headers, 'host') ?? '';
  const bucket = /^(.+)\.s3[.-]/.exec(host)?.[1];
  return bucket === undefined ? request.path : `/${bucket}${request.path}`;
}
