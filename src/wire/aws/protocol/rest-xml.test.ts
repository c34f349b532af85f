import * as route53Client from '@aws-sdk/client-route-53';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../api-error.ts';
import { loadModel, loadService } from '../model.ts';
import { createRouter } from '../route.ts';
import type { ServiceSnapshot } from '../snapshot.ts';
import { asDates, asInstants, callClient, codec, exchange, model } from '../test-support/exchange.ts';
import { Values } from '../test-support/values.ts';

const route53 = model.services.get('route-53')!;
const values = new Values({ xml: true });

describe('every operation of Route 53 against the official client', () => {
  test.for([...route53.operations.keys()])('%s', async (name) => {
    const operation = route53.operations.get(name)!;
    await fc.assert(
      fc.asyncProperty(
        values.structure(operation.input),
        values.structure(operation.output),
        fc.constantFrom(asDates, asInstants),
        async (input, output, form) => {
          const exchanged = await exchange(route53Client, route53, operation, { input, output: form(output) });
          expect(exchanged.read).toEqual(asInstants(input));
          expect(exchanged.received).toEqual(asDates(output));
        },
      ),
      { numRuns: 12, seed: 20261122 },
    );
  });

  test.for([...route53.errors.keys()])('%s becomes the exception of the client', async (code) => {
    const error = new ApiError(code, 'be<cause');
    const thrown: unknown = await callClient(route53Client, 'GetChange', { Id: 'C1' }, (wire) =>
      codec.writeError('restXml', error, { requestId: 'r', service: route53, method: wire.method }),
    ).catch((failure: unknown) => failure);
    expect(thrown).toBeInstanceOf((route53Client as unknown as Record<string, new (...args: never[]) => Error>)[code]);
    expect(thrown).toMatchObject({ message: 'be<cause', $metadata: { requestId: 'r' } });
  });
});

const strict = loadModel();

function read(method: string, url: string, body = '') {
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    'x-amz-date': '20261122T200000Z',
  };
  const request = { method, url, headers, body: Buffer.from(body) };
  const routed = createRouter(strict).route(request);
  if (!('route' in routed)) throw routed.failure.error;
  return { operation: routed.route.operation.name, input: codec.readInput(routed.route, request.body, request) };
}

const zone = '/2013-04-01/hostedzone';

describe('requests of Route 53', () => {
  test('have members in path, query and body; a slash at the end and what nobody knows say nothing', () => {
    expect(read('GET', `${zone}/Z1/rrset/?name=a.&type=A&maxitems=3&x=y`)).toEqual({
      operation: 'ListResourceRecordSets',
      input: { HostedZoneId: 'Z1', StartRecordName: 'a.', StartRecordType: 'A', MaxItems: 3 },
    });
    const body =
      '<?xml version="1.0"?><!-- x --><r:CreateHostedZoneRequest xmlns:r="https://route53.amazonaws.com/doc/2013-04-01/">' +
      '<r:Name>a.</r:Name><CallerReference><![CDATA[<1>]]>&#x41;</CallerReference><More><Name>b</Name></More>' +
      '<HostedZoneConfig><PrivateZone> true </PrivateZone></HostedZoneConfig></r:CreateHostedZoneRequest>';
    expect(read('POST', zone, body)).toEqual({
      operation: 'CreateHostedZone',
      input: { Name: 'a.', CallerReference: '<1>A', HostedZoneConfig: { PrivateZone: true } },
    });
  });

  test.for([
    ['GET', `${zone}/Z1/rrset?maxitems=x`, '', 'MalformedInput', "Value 'x' at 'MaxItems' is not a number"],
    ['POST', zone, '', 'InvalidInput', "2 validation errors detected: Value null at 'name' failed"],
    ['POST', zone, '<a><Name>', 'MalformedInput', 'not well-formed: it ends too early'],
    ['POST', zone, '<!DOCTYPE a [<!ENTITY b "c">]><a><Name>&b;</Name></a>', 'MalformedInput', 'document types'],
    ['POST', zone, `${'<a>'.repeat(200)}${'</a>'.repeat(200)}`, 'MalformedInput', 'nested too deeply'],
    ['POST', zone, '<a></b>', 'MalformedInput', '</b> closes nothing'],
    [
      'POST',
      `${zone}/Z1/rrset`,
      '<a><ChangeBatch><Changes><Change><Action>MOON</Action></Change></Changes></ChangeBatch></a>',
      'InvalidInput',
      "Value 'MOON' at 'changeBatch.changes.1.member.action' failed to satisfy constraint",
    ],
    ['PATCH', zone, '', 'UnknownOperation', 'No operation matches this request.'],
  ] as const)('%s %s %s is refused', ([method, url, body, code, message]) => {
    let thrown: unknown;
    try {
      read(method, url, body);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ApiError);
    expect(thrown).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('any XML at all gives a value or an ApiError', () => {
    const piece = fc.constantFrom(
      '<a>',
      '</a>',
      '<Name>',
      '</Name>',
      '<Name/>',
      '&lt;',
      '&',
      '<',
      '>',
      'x',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      ' b="c"',
      '<a b="c">',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          read('POST', zone, pieces.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** What Route 53 has no example of. */
const sample: ServiceSnapshot = {
  generated: 'by hand',
  service: { ...route53, key: 'sample', xmlNamespace: 'http://sample/' },
  operations: {
    Structure: { traits: { http: ['PUT', '/s', 200] }, input: 'Structure', output: 'Structure' },
    Bytes: { traits: { http: ['PUT', '/b', 202] }, input: 'Bytes', output: 'Bytes' },
    Text: { traits: { http: ['PUT', '/t', 200] }, input: 'Text', output: 'Text' },
    Nothing: { traits: { http: ['PUT', '/n', 204] } },
  },
  shapes: {
    Inner: { kind: 'structure', members: { a: 0 } },
    Structure: {
      kind: 'structure',
      members: {
        inner: { target: 'Inner', traits: { httpPayload: 1, xmlName: 'Renamed' } },
        at: { target: 4, traits: { httpHeader: 'X-At' } },
        names: { target: 64, traits: { httpHeader: 'X-Names' } },
      },
    },
    Bytes: {
      kind: 'structure',
      members: {
        body: { target: 21, traits: { httpPayload: 1 } },
        code: { target: 1, traits: { httpResponseCode: 1 } },
      },
    },
    Text: { kind: 'structure', members: { body: { target: 0, traits: { httpPayload: 1 } } } },
  },
};
const sampleService = loadService(sample);
const routeTo = (name: string) =>
  ({ service: sampleService, operation: sampleService.operations.get(name)!, protocol: 'restXml' }) as const;

describe('what Route 53 has no example of', () => {
  test('is read', () => {
    const head = { url: '/s', headers: { 'x-at': 'Sun, 22 Nov 2026 20:00:00 GMT', 'x-names': 'a, b' } };
    const at = Date.UTC(2026, 10, 22, 20) / 1000;
    expect(codec.readInput(routeTo('Structure'), Buffer.from('<Renamed><a>x</a></Renamed>'), head)).toEqual({
      inner: { a: 'x' },
      at,
      names: ['a', 'b'],
    });
    expect(codec.readInput(routeTo('Bytes'), Buffer.from('hi'), head)).toEqual({
      body: new Uint8Array(Buffer.from('hi')),
    });
    expect(codec.readInput(routeTo('Text'), Buffer.from('<hi'), head)).toEqual({ body: '<hi' });
    expect(codec.readInput(routeTo('Nothing'), Buffer.from('<hi'), head)).toEqual({});
  });

  test('is written', () => {
    const structure = codec.writeOutput(routeTo('Structure'), { inner: { a: 'x' }, at: 0 }, 'id-1');
    expect(structure.headers).toMatchObject({ 'X-At': 'Thu, 01 Jan 1970 00:00:00 GMT' });
    expect(structure.body).toContain('<Renamed xmlns="http://sample/"><a>x</a></Renamed>');
    const bytes = codec.writeOutput(routeTo('Bytes'), { body: Buffer.from('hi') }, 'id-1');
    expect([bytes.status, String(bytes.body)]).toEqual([202, 'hi']);
    expect(codec.writeOutput(routeTo('Bytes'), { code: 206 }, 'id-1')).toMatchObject({ status: 206, body: '' });
    expect(codec.writeOutput(routeTo('Text'), { body: 'hi' }, 'id-1').body).toBe('hi');
    expect(codec.writeOutput(routeTo('Nothing'), undefined, 'id-1')).toMatchObject({ status: 204, body: '' });
  });
});
