import { describe, expect, test } from 'vitest';
import { loadModel, loadService, type Model } from './model.ts';
import type { WireRequest } from './request.ts';
import { createRouter } from './route.ts';
import type { MemberEntry, OperationEntry, ProtocolName, ServiceSnapshot, ShapeEntry } from './snapshot.ts';

const model = loadModel();
const router = createRouter(model);

function request(overrides: Partial<WireRequest> & { readonly text?: string }): WireRequest {
  const { text = '', ...rest } = overrides;
  return { method: 'POST', url: '/', headers: {}, body: Buffer.from(text), ...rest };
}

function scoped(service: string): { authorization: string; 'x-amz-date': string } {
  const credential = `AKID/20261121/eu-central-1/${service}/aws4_request`;
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    'x-amz-date': '20261121T091500Z',
  };
}

const json = { 'content-type': 'application/x-amz-json-1.1' };
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

function outcome(wire: WireRequest, using = router): string {
  const result = using.route(wire);
  if ('route' in result) {
    const { service, operation, protocol } = result.route;
    return `${service.key} ${operation.name} ${protocol}`;
  }
  const { reason, protocol, error } = result.failure;
  return `${reason} ${protocol} ${error.status} ${error.code}: ${error.message}`;
}

describe('X-Amz-Target', () => {
  test.for([
    ['AmazonEC2ContainerServiceV20141113.RunTask', 'ecs RunTask awsJson1_1'],
    ['Roadstead_20261121.DescribePlatform', 'roadstead DescribePlatform awsJson1_1'],
    [
      'AmazonEC2ContainerServiceV20141113.FlyTask',
      'unknownOperation awsJson1_1 400 UnknownOperationException: Unknown operation: FlyTask',
    ],
    [
      'AmazonEC2ContainerServiceV20141113.__proto__',
      'unknownOperation awsJson1_1 400 UnknownOperationException: Unknown operation: __proto__',
    ],
    [
      'TrentService.Encrypt',
      'notServed awsJson1_1 501 NotImplementedException: AWS Key Management Service is not part of this Roadstead.',
    ],
    [
      'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents',
      'notServed awsJson1_1 501 NotImplementedException: AWS CloudTrail is not part of this Roadstead.',
    ],
    [
      'Nobody_1.Do<it>',
      "unknownTarget awsJson1_1 501 NotImplementedException: The service 'Nobody_1' is not part of this Roadstead.",
    ],
    ['nonsense', "unknownTarget awsJson1_1 501 NotImplementedException: The service '' is not part of this Roadstead."],
  ] as const)('%s', ([target, expected]) => {
    expect(outcome(request({ headers: { ...json, 'x-amz-target': target } }))).toBe(expected);
  });

  test('answers in the JSON version the client speaks', () => {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'Roadstead_20261121.ListAccounts' };
    expect(outcome(request({ headers }))).toBe('roadstead ListAccounts awsJson1_0');
  });

  test('goes before a form and before the scope', () => {
    const headers = { ...form, ...scoped('sts'), 'x-amz-target': 'Roadstead_20261121.ListAccounts' };
    expect(outcome(request({ headers, text: 'Action=GetCallerIdentity&Version=2011-06-15' }))).toBe(
      'roadstead ListAccounts awsJson1_1',
    );
  });
});

describe('smithy-protocol', () => {
  const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'x-amz-target': 'Roadstead_20261121.ListAccounts' };
  test('goes before everything else', () => {
    expect(outcome(request({ headers, url: '/service/GraniteServiceVersion20100801/operation/PutMetricData' }))).toBe(
      'notServed rpcv2Cbor 501 NotImplementedException: Amazon CloudWatch is not part of this Roadstead.',
    );
    expect(outcome(request({ headers, url: '/elsewhere' }))).toMatch(/^unknownTarget rpcv2Cbor 501 /);
  });
});

const queryService = (key: string, version: string, signingName: string, protocol: ProtocolName): ServiceSnapshot =>
  snapshot(key, signingName, protocol, { Describe: {} }, {}, version);

function snapshot(
  key: string,
  signingName: string,
  protocol: ProtocolName,
  operations: Record<string, OperationEntry>,
  shapes: Record<string, ShapeEntry> = {},
  version = '2026-01-01',
): ServiceSnapshot {
  const service = {
    key,
    title: key,
    signingName,
    hostPrefix: signingName,
    protocols: [protocol],
    targetPrefixes: [],
    version,
    validationError: 'ValidationException',
  };
  return { generated: 'by hand', service, operations, shapes };
}

function withServices(...snapshots: readonly ServiceSnapshot[]): ReturnType<typeof createRouter> {
  const services = new Map(snapshots.map((entry) => [entry.service.key, loadService(entry)]));
  const built: Model = { services, absent: model.absent.filter((facts) => !services.has(facts.key)) };
  return createRouter(built);
}

describe('Action and Version', () => {
  test.for([
    ['Action=RunInstances&Version=2016-11-15', 'ec2 RunInstances ec2Query'],
    [
      'Action=Run&Version=2016-11-15',
      'unknownOperation ec2Query 400 InvalidAction: The action Run is not valid for this web service.',
    ],
    [
      'Action=DescribeDBClusters&Version=2014-10-31',
      'notServed awsQuery 501 NotImplemented: Amazon RDS is not part of this Roadstead.',
    ],
    [
      'Action=GetUser&Version=2010-05-08',
      'notServed awsQuery 501 NotImplemented: AWS Identity and Access Management is not part of this Roadstead.',
    ],
    [
      'Action=What&Version=1999-01-01',
      'unroutable awsQuery 400 InvalidAction: Could not find operation What for version 1999-01-01',
    ],
  ] as const)('%s', ([text, expected]) => {
    expect(outcome(request({ headers: form, text }))).toBe(expected);
    expect(outcome(request({ method: 'GET', url: `/?${text}` }))).toBe(expected);
  });

  test('of several services with one version the signed one is meant', () => {
    const using = withServices(queryService('a', '1', 'alpha', 'awsQuery'), queryService('b', '1', 'beta', 'ec2Query'));
    const text = 'Action=Describe&Version=1';
    expect(outcome(request({ headers: form, text }), using)).toBe('a Describe awsQuery');
    expect(outcome(request({ headers: { ...form, ...scoped('beta') }, text }), using)).toBe('b Describe ec2Query');
    const other = request({ headers: { ...form, ...scoped('beta') }, text: 'Action=Describe&Version=0' });
    expect(outcome(other, using)).toBe('b Describe ec2Query');
    expect(outcome(request({ headers: form, text: 'Action=Fly&Version=1' }), using)).toBe(
      'unknownOperation awsQuery 400 InvalidAction: Could not find operation Fly for version 1',
    );
  });

  test('a signed service nobody knows is not part of this Roadstead', () => {
    const headers = { ...form, ...scoped('sdb') };
    expect(outcome(request({ headers, text: 'Action=Select&Version=2009-04-15' }))).toBe(
      "notServed awsQuery 501 NotImplemented: The service 'sdb' is not part of this Roadstead.",
    );
  });
});

const label: MemberEntry = { target: 0, traits: 1 };
const input = (members: Record<string, MemberEntry>, required = 0): ShapeEntry => ({
  kind: 'structure',
  members,
  required,
});
const http = (method: string, uri: string, shape?: string): OperationEntry => ({
  traits: { http: [method, uri, 200] },
  ...(shape === undefined ? {} : { input: shape }),
});

/** In the manner of AWS Lambda and Amazon S3. */
const functions = snapshot('functions', 'functions', 'restJson1', {
  List: http('GET', '/2015-03-31/functions'),
  Get: http('GET', '/2015-03-31/functions/{Name}'),
  Special: http('GET', '/2015-03-31/functions/special'),
  Invoke: http('POST', '/2015-03-31/functions/{Name}/invocations'),
});
const objects = snapshot(
  'objects',
  's3',
  'restXml',
  {
    ListBuckets: http('GET', '/?x-id=ListBuckets'),
    ListObjects: http('GET', '/', 'Bucket'),
    ListObjectsV2: http('GET', '/?list-type=2', 'Bucket'),
    GetBucketAcl: http('GET', '/?acl', 'Bucket'),
    GetObject: http('GET', '/{Key+}?x-id=GetObject', 'Object'),
    PutObject: http('PUT', '/{Key+}?x-id=PutObject', 'Object'),
    CopyObject: http('PUT', '/{Key+}?x-id=CopyObject', 'Copy'),
    UploadPart: http('PUT', '/{Key+}?x-id=UploadPart', 'Part'),
    UploadPartCopy: http('PUT', '/{Key+}?x-id=UploadPartCopy', 'PartCopy'),
  },
  {
    Bucket: input({ Bucket: label }, 1),
    Object: input({ Bucket: label, Key: label, Note: { target: 0, traits: { httpHeader: 'x-note' } } }, 2),
    Copy: input({ Bucket: label, Key: label, Source: { target: 0, traits: { httpHeader: 'X-Copy' } } }, 3),
    Part: input({ Bucket: label, Key: label, Part: { target: 1, traits: { httpQuery: 'part' } } }, 3),
    PartCopy: input(
      {
        Bucket: label,
        Key: label,
        Part: { target: 1, traits: { httpQuery: 'part' } },
        Source: { target: 0, traits: { httpHeader: 'X-Copy' } },
      },
      4,
    ),
  },
);

describe('REST', () => {
  const using = withServices(functions, objects);
  const labelsOf = (wire: WireRequest): unknown => {
    const result = using.route(wire);
    return 'route' in result ? result.route.labels : result.failure.reason;
  };

  test.for([
    ['GET', '/2015-03-31/functions', 'functions List restJson1', {}],
    ['GET', '/2015-03-31/functions/', 'functions List restJson1', {}],
    ['GET', '/2015-03-31/functions/special', 'functions Special restJson1', {}],
    ['GET', '/2015-03-31/functions/a%2Fb', 'functions Get restJson1', { Name: 'a/b' }],
    ['POST', '/2015-03-31/functions/f/invocations?x=1', 'functions Invoke restJson1', { Name: 'f' }],
  ] as const)('%s %s of the signed service', ([method, url, expected, labels]) => {
    const wire = request({ method, url, headers: scoped('functions') });
    expect(outcome(wire, using)).toBe(expected);
    expect(labelsOf(wire)).toEqual(labels);
  });

  test.for([
    ['GET', '/', {}, 'objects ListBuckets restXml', {}],
    ['GET', '/b', {}, 'objects ListObjects restXml', { Bucket: 'b' }],
    ['GET', '/b/?list-type=2', {}, 'objects ListObjectsV2 restXml', { Bucket: 'b' }],
    ['GET', '/b?acl', {}, 'objects GetBucketAcl restXml', { Bucket: 'b' }],
    ['GET', '/b/k/l%20m/', {}, 'objects GetObject restXml', { Bucket: 'b', Key: 'k/l m/' }],
    ['PUT', '/b/k?x-id=PutObject', {}, 'objects PutObject restXml', { Bucket: 'b', Key: 'k' }],
    ['PUT', '/b/k', { 'x-copy': '/c/d' }, 'objects CopyObject restXml', { Bucket: 'b', Key: 'k' }],
    ['PUT', '/b/k?part=1', {}, 'objects UploadPart restXml', { Bucket: 'b', Key: 'k' }],
    ['PUT', '/b/k?part=1', { 'x-copy': '/c/d' }, 'objects UploadPartCopy restXml', { Bucket: 'b', Key: 'k' }],
    ['GET', '/k', { host: 'b.s3.localhost:4566' }, 'objects GetObject restXml', { Bucket: 'b', Key: 'k' }],
  ] as const)('%s %s %o', ([method, url, headers, expected, labels]) => {
    const wire = request({ method, url, headers: { ...scoped('s3'), ...headers } });
    expect(outcome(wire, using)).toBe(expected);
    expect(labelsOf(wire)).toEqual(labels);
  });

  test('without a signature the host decides, then the path, S3 last', () => {
    expect(outcome(request({ method: 'GET', url: '/x', headers: { host: 'functions.localhost' } }), using)).toMatch(
      /^unknownOperation restJson1 404 /,
    );
    expect(outcome(request({ method: 'GET', url: '/2015-03-31/functions' }), using)).toBe('functions List restJson1');
    expect(outcome(request({ method: 'GET', url: '/2015-03-31/other' }), using)).toBe('objects GetObject restXml');
  });

  test('with a signature the scope decides even where a path looks like another service', () => {
    const wire = request({ method: 'GET', url: '/2015-03-31/functions', headers: scoped('s3') });
    expect(outcome(wire, using)).toBe('objects GetObject restXml');
    expect(outcome(request({ method: 'DELETE', url: '/b/k', headers: scoped('s3') }), using)).toBe(
      'unknownOperation restXml 405 MethodNotAllowed: The specified method is not allowed against this resource.',
    );
  });

  test('a path that cannot be decoded matches nothing', () => {
    expect(outcome(request({ method: 'GET', url: '/b/%zz', headers: scoped('s3') }), using)).toMatch(
      /^unknownOperation /,
    );
  });
});

describe('services that are not here', () => {
  test.for([
    ['s3', 'notServed restXml 501 NotImplemented: Amazon S3 is not part of this Roadstead.'],
    ['lambda', 'notServed restJson1 501 NotImplementedException: AWS Lambda is not part of this Roadstead.'],
    [
      'glacier',
      "notServed restJson1 501 NotImplementedException: The service 'glacier' is not part of this Roadstead.",
    ],
  ] as const)('%s', ([service, expected]) => {
    expect(outcome(request({ method: 'GET', headers: scoped(service) }))).toBe(expected);
  });

  test('a browser at the door is told so without a guess', () => {
    expect(outcome(request({ method: 'GET' }))).toMatch(/^unroutable restJson1 404 UnknownOperationException/);
  });
});
