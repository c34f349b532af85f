import { cbor } from '@smithy/core/cbor';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../api-error.ts';
import { loadModel, loadService } from '../model.ts';
import type { ProtocolName, ServiceSnapshot } from '../snapshot.ts';
import { createCodec } from './codec.ts';

const codec = createCodec();
const ecs = loadModel().services.get('ecs')!;

const sample: ServiceSnapshot = {
  generated: 'by hand',
  service: { ...ecs, key: 'sample', xmlNamespace: 'http://sample/doc/', queryCompatible: true },
  operations: { Do: {} },
  shapes: {
    NotThereException: {
      kind: 'error',
      traits: { error: 'client', httpError: 404, awsQueryError: ['NotThere', 410] },
      members: { Message: 0, resource: 0 },
    },
    BrokenException: { kind: 'error', traits: { error: 'server' }, members: { message: 0 } },
  },
};
const service = loadService(sample);

function answer(protocol: ProtocolName, error: ApiError, method = 'POST') {
  return codec.writeError(protocol, error, { requestId: 'id-1', service, method });
}

function answerWithoutService(protocol: ProtocolName, error: ApiError) {
  return codec.writeError(protocol, error, { requestId: 'id-1', service: undefined, method: 'POST' });
}

describe('errors by protocol', () => {
  const error = new ApiError('NotThereException', 'no <such> & "thing"', {
    status: 404,
    members: { resource: 'r', secret: 's' },
  });

  test('AWS JSON: 400 for clients whatever the model says, members by the shape', () => {
    const result = answer('awsJson1_1', error);
    expect(result).toMatchObject({
      status: 400,
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'x-amzn-RequestId': 'id-1',
        'x-amzn-ErrorType': 'NotThereException',
        'x-amzn-query-error': 'NotThere;Sender',
      },
    });
    expect(JSON.parse(String(result.body))).toEqual({
      resource: 'r',
      __type: 'NotThereException',
      Message: error.message,
    });
    expect(answer('awsJson1_0', new ApiError('BrokenException', 'x'))).toMatchObject({
      status: 500,
      headers: { 'Content-Type': 'application/x-amz-json-1.0' },
    });
  });

  test('AWS JSON: an error the service does not model keeps its own status', () => {
    const result = answerWithoutService('awsJson1_1', new ApiError('NotImplementedException', 'no', { status: 501 }));
    expect(result.status).toBe(501);
    expect(JSON.parse(String(result.body))).toEqual({ __type: 'NotImplementedException', message: 'no' });
    expect(result.headers).not.toHaveProperty('x-amzn-query-error');
  });

  test('REST JSON', () => {
    const result = answer('restJson1', error);
    expect(result.status).toBe(404);
    expect(result.headers['x-amzn-ErrorType']).toBe('NotThereException');
    expect(answer('restJson1', error, 'HEAD').body).toBe('');
  });

  test('AWS Query', () => {
    expect(answer('awsQuery', error)).toEqual({
      status: 410,
      headers: { 'x-amzn-RequestId': 'id-1', 'Content-Type': 'text/xml' },
      body:
        '<ErrorResponse xmlns="http://sample/doc/"><Error><Type>Sender</Type><Code>NotThere</Code>' +
        '<Message>no &lt;such&gt; &amp; &quot;thing&quot;</Message></Error><RequestId>id-1</RequestId></ErrorResponse>',
    });
  });

  test('EC2 Query', () => {
    const { status, body } = answerWithoutService(
      'ec2Query',
      new ApiError('InvalidVpcID.NotFound', 'The vpc ID \u0000 is gone'),
    );
    expect(status).toBe(400);
    expect(body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code>' +
        '<Message>The vpc ID \uFFFD is gone</Message></Error></Errors><RequestID>id-1</RequestID></Response>',
    );
  });

  test('REST XML; an answer to HEAD has no body', () => {
    expect(answer('restXml', error).body).toContain('<ErrorResponse xmlns="http://sample/doc/"><Error><Type>Sender');
    expect(answerWithoutService('restXml', error).body).toContain('<Error><Code>NotThereException</Code>');
    expect(answer('restXml', error, 'HEAD').body).toBe('');
  });

  test.for([10, 23, 24, 300, 70_000])('RPC v2 CBOR with a message of %i bytes', (length) => {
    const result = answer('rpcv2Cbor', new ApiError('NotThereException', 'é'.repeat(length / 2)));
    expect(result).toMatchObject({
      status: 404,
      headers: { 'smithy-protocol': 'rpc-v2-cbor', 'Content-Type': 'application/cbor' },
    });
    expect(cbor.deserialize(result.body as Uint8Array)).toEqual({
      __type: 'NotThereException',
      message: 'é'.repeat(length / 2),
    });
  });
});

describe('inputs and outputs', () => {
  test('in AWS JSON', () => {
    const operation = ecs.operations.get('ListClusters')!;
    const route = { service: ecs, operation, protocol: 'awsJson1_1' } as const;
    expect(codec.readInput(route, Buffer.from('{"maxResults":3,"x":1}'))).toEqual({ maxResults: 3 });
    expect(codec.writeOutput(route, { clusterArns: ['a'], x: 1 }, 'id-1')).toEqual({
      status: 200,
      headers: { 'x-amzn-RequestId': 'id-1', 'Content-Type': 'application/x-amz-json-1.1' },
      body: '{"clusterArns":["a"]}',
    });
  });

  test('in another protocol are refused with 501', () => {
    const operation = service.operations.get('Do')!;
    const route = { service, operation, protocol: 'rpcv2Cbor' } as const;
    expect(() => codec.readInput(route, Buffer.from(''))).toThrow(/not part of this Roadstead/);
    expect(() => codec.writeOutput(route, {}, 'id-1')).toThrow(ApiError);
  });
});
