import * as ec2Client from '@aws-sdk/client-ec2';
import * as elbClient from '@aws-sdk/client-elastic-load-balancing-v2';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../api-error.ts';
import { loadModel, loadService } from '../model.ts';
import type { ServiceSnapshot } from '../snapshot.ts';
import { asDates, asInstants, callClient, codec, exchange, model } from '../test-support/exchange.ts';
import { sayable, Values } from '../test-support/values.ts';

const elb = model.services.get('elasticloadbalancingv2')!;
const ec2 = model.services.get('ec2')!;
const values = new Values({ xml: true });

describe('every operation of Elastic Load Balancing against the official client', () => {
  test.for([...elb.operations.keys()])('%s', async (name) => {
    const operation = elb.operations.get(name)!;
    await fc.assert(
      fc.asyncProperty(
        values.structure(operation.input),
        values.structure(operation.output),
        fc.constantFrom(asDates, asInstants),
        async (input, output, form) => {
          const exchanged = await exchange(elbClient, elb, operation, { input, output: form(output) });
          expect(exchanged.read).toEqual(sayable(asInstants(input), true) ?? {});
          expect(exchanged.received).toEqual(asDates(output));
        },
      ),
      { numRuns: 12, seed: 20261122 },
    );
  });
});

describe('every operation of EC2 against the official client', () => {
  // The client signs a copy of the first one's request into the request itself; the second requires a structure
  // that may be empty, which a form cannot say.
  const odd = ['CopySnapshot', 'GetFlowLogsIntegrationTemplate'];
  const names = [...ec2.operations.keys()].filter((name) => !odd.includes(name));
  // Nor can it say an empty list, which where it is required is a refusal.
  const inputs = new Values({ xml: true, minLength: 1 });
  test.for(names)('%s', async (name) => {
    const operation = ec2.operations.get(name)!;
    await fc.assert(
      fc.asyncProperty(
        inputs.structure(operation.input),
        values.structure(operation.output),
        fc.constantFrom(asDates, asInstants),
        async (input, output, form) => {
          const exchanged = await exchange(ec2Client, ec2, operation, { input, output: form(output) });
          expect(exchanged.read).toEqual(sayable(asInstants(input), false) ?? {});
          expect(exchanged.received).toEqual(asDates(output));
        },
      ),
      { numRuns: 2, seed: 20261122 },
    );
  });
});

const strict = loadModel();

function request(service: string, form: string, url = '/') {
  const model = strict.services.get(service)!;
  const operation = model.operations.get(new URLSearchParams(form || url.slice(2)).get('Action') ?? '')!;
  const protocol = service === 'ec2' ? 'ec2Query' : 'awsQuery';
  const head = { url, headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } };
  return codec.readInput({ service: model, operation, protocol }, Buffer.from(form), head);
}

function refusal(service: string, form: string): ApiError {
  try {
    request(service, form);
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    return error as ApiError;
  }
  throw new Error('the input was accepted');
}

const lb = 'elasticloadbalancingv2';

describe('requests of the query protocols', () => {
  test('parameters nobody knows are dropped; a plus is a space; the number orders a list, gaps or not', () => {
    const form =
      'Action=CreateLoadBalancer&Version=2015-12-01&Name=a+b%26&Nonsense.1=x&Subnets.member.10=c&Subnets.member.2=b' +
      '&Subnets.member.1=a&Subnets.member.x=y&Scheme=internal';
    expect(request(lb, form)).toEqual({ Name: 'a b&', Subnets: ['a', 'b', 'c'], Scheme: 'internal' });
  });

  test('may be in the query string', () => {
    const url = '/?Action=DescribeVpcs&Version=2016-11-15&VpcId.1=vpc-1&Filter.1.Name=state&Filter.1.Value.1=available';
    expect(request('ec2', '', url)).toEqual({
      VpcIds: ['vpc-1'],
      Filters: [{ Name: 'state', Values: ['available'] }],
    });
  });

  test('an empty value is an empty list or structure', () => {
    expect(request(lb, 'Action=DescribeLoadBalancers&Names=')).toEqual({ Names: [] });
  });

  test.for([
    [
      lb,
      'Action=CreateLoadBalancer',
      'ValidationError',
      "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
    ],
    [
      lb,
      'Action=CreateLoadBalancer&Name=a&Scheme=moon',
      'ValidationError',
      "1 validation error detected: Value 'moon' at 'scheme' failed to satisfy constraint: Member must satisfy enum value set: [internet-facing, internal]",
    ],
    [
      lb,
      'Action=CreateTargetGroup&Name=a&Port=0',
      'ValidationError',
      "1 validation error detected: Value '0' at 'port' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      lb,
      'Action=CreateTargetGroup&Name=a&Port=http',
      'MalformedInput',
      "Invalid value 'http' for parameter Port: not a number",
    ],
    [
      lb,
      'Action=CreateTargetGroup&Name=a&Port=1.5',
      'MalformedInput',
      "NUMBER_VALUE can not be converted to an Integer at 'port'",
    ],
    [
      lb,
      'Action=CreateTargetGroup&Name=a&HealthCheckEnabled=maybe',
      'MalformedInput',
      "Invalid value 'maybe' for parameter HealthCheckEnabled: not true or false",
    ],
    [lb, 'Action=DescribeLoadBalancers&Names=a', 'MalformedInput', "Invalid value 'a' for parameter Names: not list"],
    [lb, 'Action=CreateLoadBalancer&Name.member.1=a', 'MalformedInput', 'Invalid value for parameter Name: not text'],
    ['ec2', 'Action=CreateSubnet', 'MissingParameter', 'The request must contain the parameter vpcId'],
    [
      'ec2',
      'Action=CreateVpc&InstanceTenancy=moon',
      'InvalidParameterValue',
      'Value (moon) for parameter instanceTenancy is invalid. Member must satisfy enum value set: [default, dedicated, host].',
    ],
    [
      'ec2',
      'Action=CreateVpc&DryRun=x',
      'InvalidParameterValue',
      'Value (x) for parameter dryRun is invalid. Expected true or false.',
    ],
    [
      'ec2',
      `Action=DescribeVpcs&${'a.'.repeat(100)}b=1`,
      'MalformedQueryString',
      'The query string is malformed: a parameter is nested too deeply.',
    ],
  ] as const)('%s %s is refused', ([service, form, code, message]) => {
    expect(refusal(service, form)).toMatchObject({ code, message, status: 400 });
  });

  test('any form at all gives a value or an ApiError', () => {
    const names = fc.constantFrom(
      'Name',
      'Subnets',
      'SubnetMappings',
      'Tags',
      'member',
      'entry',
      '1',
      '2',
      '__proto__',
      'Key',
    );
    const name = fc.array(names, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'));
    const pairs = fc.array(fc.tuple(name, fc.string({ maxLength: 4 })), { maxLength: 6 });
    fc.assert(
      fc.property(pairs, (parameters) => {
        const form = new URLSearchParams([['Action', 'CreateLoadBalancer'], ...parameters]).toString();
        try {
          expect(request(lb, form)).toHaveProperty('Name');
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** What the two services have no example of. */
const sample: ServiceSnapshot = {
  generated: 'by hand',
  service: { ...elb, key: 'sample', xmlNamespace: 'http://sample/' },
  operations: { Do: { input: 'In', output: 'In' } },
  shapes: {
    In: {
      kind: 'structure',
      members: {
        flat: { target: 64, traits: { xmlFlattened: 1, xmlName: 'Flat' } },
        map: 128,
        flatMap: { target: 'NamedMap', traits: { xmlFlattened: 1 } },
        named: 'NamedList',
        type: { target: 0, traits: { xmlAttribute: 1, xmlName: 'xsi:type' } },
        inner: { target: 'In', traits: { xmlNamespace: ['xsi', 'http://inner/'] } },
        at: 4,
        blob: 21,
      },
    },
    NamedList: { kind: 'list', member: { target: 0, traits: { xmlName: 'item' } } },
    NamedMap: {
      kind: 'map',
      key: { target: 0, traits: { xmlName: 'K' } },
      value: { target: 1, traits: { xmlName: 'V' } },
    },
  },
};
const sampleService = loadService(sample);
const route = { service: sampleService, operation: sampleService.operations.get('Do')!, protocol: 'awsQuery' } as const;

describe('what the services have no example of', () => {
  test('is read', () => {
    const form =
      'Flat.1=a&Flat.2=b&map.entry.1.key=k&map.entry.1.value=v&flatMap.1.K=__proto__&flatMap.1.V=2&named.item.1=x' +
      '&inner.at=2026-11-21T09:15:00.5Z&blob=aGk%3D';
    expect(codec.readInput(route, Buffer.from(form))).toEqual({
      flat: ['a', 'b'],
      map: { k: 'v' },
      flatMap: Object.fromEntries([['__proto__', 2]]),
      named: ['x'],
      inner: { at: Date.UTC(2026, 10, 21, 9, 15) / 1000 + 0.5 },
      blob: new Uint8Array(Buffer.from('hi')),
    });
  });

  test('is written', () => {
    const value = {
      flat: ['a', 'b'],
      map: { k: 'v' },
      flatMap: { k: 2 },
      named: [],
      inner: { type: 'T"', at: 0.5, unknown: 1 },
      blob: new Uint8Array(Buffer.from('hi')),
    };
    expect(codec.writeOutput(route, value, 'id-1').body).toBe(
      '<DoResponse xmlns="http://sample/"><DoResult><Flat>a</Flat><Flat>b</Flat>' +
        '<map><entry><key>k</key><value>v</value></entry></map><flatMap><K>k</K><V>2</V></flatMap><named/>' +
        '<inner xmlns:xsi="http://inner/" xsi:type="T&quot;"><at>1970-01-01T00:00:00.500Z</at></inner>' +
        '<blob>aGk=</blob></DoResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DoResponse>',
    );
  });
});

describe('answers', () => {
  test('of EC2 have their request id first; an operation that answers nothing says that it is done', () => {
    const operation = ec2.operations.get('DeleteVpc')!;
    const answer = codec.writeOutput({ service: ec2, operation, protocol: 'ec2Query' }, {}, 'id-1');
    expect(answer.body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<DeleteVpcResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">' +
        '<requestId>id-1</requestId><return>true</return></DeleteVpcResponse>',
    );
  });

  test.for([...elb.errors.keys()])('%s becomes the exception of the client', async (code) => {
    const error = new ApiError(code, 'be<cause');
    const thrown: unknown = await callClient(elbClient, 'DescribeRules', {}, (wire) =>
      codec.writeError('awsQuery', error, { requestId: 'r', service: elb, method: wire.method }),
    ).catch((failure: unknown) => failure);
    expect(thrown).toBeInstanceOf((elbClient as unknown as Record<string, new (...args: never[]) => Error>)[code]);
    expect(thrown).toMatchObject({ message: 'be<cause', $metadata: { requestId: 'r' } });
  });

  test.for([
    ['awsQuery', 'AccessDeniedException', 'AccessDenied', 403],
    ['ec2Query', 'AccessDeniedException', 'UnauthorizedOperation', 403],
    ['awsQuery', 'ServerException', 'InternalFailure', 500],
    ['ec2Query', 'ServerException', 'InternalError', 500],
    ['ec2Query', 'NotImplementedException', 'NotImplemented', 501],
    ['ec2Query', 'InvalidVpcID.NotFound', 'InvalidVpcID.NotFound', 400],
  ] as const)('in %s %s is called %s', ([protocol, thrown, code, status]) => {
    const error = new ApiError(thrown, 'x', status === 403 ? {} : { status });
    const service = protocol === 'ec2Query' ? ec2 : elb;
    const answer = codec.writeError(protocol, error, { requestId: 'r', service, method: 'POST' });
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(`<Code>${code}</Code>`);
  });
});
