import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { createJsonReader, parseJson } from './json-read.ts';
import { createJsonWriter } from './json-write.ts';
import { loadModel, loadService } from './model.ts';
import type { ConstraintsSnapshot, ServiceSnapshot } from './snapshot.ts';

const ecs = loadModel().services.get('ecs')!;
const reader = createJsonReader({ reads: 'request', validationError: ecs.validationError });

function read(operation: string, body: string): Record<string, unknown> {
  return reader.read(ecs.operations.get(operation)?.input, parseJson(Buffer.from(body)));
}

function refusal(operation: string, body: string | Uint8Array): ApiError {
  try {
    reader.read(ecs.operations.get(operation)?.input, parseJson(Buffer.from(body)));
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    return error as ApiError;
  }
  throw new Error('the input was accepted');
}

describe('reading requests', () => {
  test('unknown members are dropped, null is absent, timestamps are epoch seconds', () => {
    const body = '{"task":"t","status":"RUNNING","pullStartedAt":1700000000.1234,"reason":null,"more":{"a":[1]}}';
    expect(read('SubmitTaskStateChange', body)).toEqual({
      task: 't',
      status: 'RUNNING',
      pullStartedAt: 1700000000.123,
    });
  });

  test('no body at all is an empty input', () => {
    expect(read('ListClusters', '')).toEqual({});
  });

  test('members that only the agent sends are read', () => {
    expect(read('RegisterContainerInstance', '{"clientToken":"t"}')).toEqual({ clientToken: 't' });
    expect(read('DiscoverPollEndpoint', '{"zoneId":"z"}')).toEqual({ zoneId: 'z' });
  });

  test.for([
    ['RunTask', '{}', "Value null at 'taskDefinition' failed to satisfy constraint: Member must not be null"],
    [
      'RunTask',
      '{"taskDefinition":null}',
      "Value null at 'taskDefinition' failed to satisfy constraint: Member must not be null",
    ],
    [
      'RunTask',
      '{"taskDefinition":"a","launchType":"MOON"}',
      "Value 'MOON' at 'launchType' failed to satisfy constraint: Member must satisfy enum value set: [EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES]",
    ],
    [
      'DescribeTasks',
      '{"tasks":["a",null]}',
      "Value null at 'tasks.2.member' failed to satisfy constraint: Member must not be null",
    ],
    [
      'DescribeTasks',
      '{"tasks":[],"include":["TAGS","ALL"]}',
      "Value 'ALL' at 'include.2.member' failed to satisfy constraint: Member must satisfy enum value set: [TAGS]",
    ],
    [
      'RegisterTaskDefinition',
      '{"family":"f","containerDefinitions":[{"secrets":[{"name":"n"}]}]}',
      "Value null at 'containerDefinitions.1.member.secrets.1.member.valueFrom' failed to satisfy constraint: Member must not be null",
    ],
  ] as const)('%s %s', ([operation, body, message]) => {
    expect(refusal(operation, body)).toMatchObject({
      code: 'InvalidParameterException',
      status: 400,
      message: `1 validation error detected: ${message}`,
    });
  });

  test('several violations are told together, up to ten', () => {
    expect(refusal('CreateTaskSet', '{}').message).toBe(
      "3 validation errors detected: Value null at 'service' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'cluster' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'taskDefinition' failed to satisfy constraint: Member must not be null",
    );
    const nulls = JSON.stringify({ tasks: Array.from({ length: 100_000 }, () => null) });
    expect(refusal('DescribeTasks', nulls).message).toMatch(/^10 validation errors detected: /);
  });

  test.for([
    ['RunTask', '{"taskDefinition":5}', "NUMBER_VALUE can not be converted to a String at 'taskDefinition'"],
    ['RunTask', '{"taskDefinition":"a","count":"1"}', "STRING_VALUE can not be converted to an Integer at 'count'"],
    ['RunTask', '{"taskDefinition":"a","count":1.5}', "NUMBER_VALUE can not be converted to an Integer at 'count'"],
    [
      'RunTask',
      '{"taskDefinition":"a","count":3000000000}',
      "NUMBER_VALUE can not be converted to an Integer at 'count'",
    ],
    [
      'RunTask',
      '{"taskDefinition":"a","enableExecuteCommand":"true"}',
      "STRING_VALUE can not be converted to a Boolean at 'enableExecuteCommand'",
    ],
    ['RunTask', '{"taskDefinition":"a","tags":{}}', "START_OBJECT can not be converted to a List at 'tags'"],
    [
      'RunTask',
      '{"taskDefinition":"a","overrides":[]}',
      "START_ARRAY can not be converted to a Structure at 'overrides'",
    ],
    [
      'SubmitTaskStateChange',
      '{"pullStartedAt":"2026-01-01T00:00:00Z"}',
      "STRING_VALUE can not be converted to a Timestamp at 'pullStartedAt'",
    ],
    [
      'SubmitTaskStateChange',
      '{"pullStartedAt":1e300}',
      "NUMBER_VALUE can not be converted to a Timestamp at 'pullStartedAt'",
    ],
    [
      'CreateTaskSet',
      '{"service":"s","cluster":"c","taskDefinition":"t","scale":{"value":1e999}}',
      "NUMBER_VALUE can not be converted to a Number at 'scale.value'",
    ],
    [
      'RegisterTaskDefinition',
      '{"containerDefinitions":[{"dockerLabels":{"a":1}}]}',
      "NUMBER_VALUE can not be converted to a String at 'containerDefinitions.1.member.dockerLabels.a'",
    ],
    ['ListClusters', '[]', 'START_ARRAY can not be converted to a Structure'],
    ['ListClusters', 'null', 'NULL_VALUE can not be converted to a Structure'],
    ['ListClusters', '"{}"', 'STRING_VALUE can not be converted to a Structure'],
    ['ListClusters', '{', 'The request is not valid JSON'],
  ] as const)('a wrong kind: %s %s', ([operation, body, message]) => {
    expect(refusal(operation, body)).toMatchObject({ code: 'SerializationException', status: 400, message });
  });

  test('bytes that are no UTF-8 are refused', () => {
    expect(refusal('ListClusters', Uint8Array.of(0x7b, 0xff, 0x7d)).message).toBe('The request is not UTF-8 text');
  });

  test('a document may be deep, but not so deep that walking it is a danger', () => {
    const hook = (details: string): string =>
      `{"cluster":"c","serviceName":"s","deploymentConfiguration":{"lifecycleHooks":[{"hookDetails":${details}}]}}`;
    expect(read('CreateService', hook('{"a":[1,{"b":null}]}'))).toMatchObject({
      deploymentConfiguration: { lifecycleHooks: [{ hookDetails: { a: [1, { b: null }] } }] },
    });
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(refusal('CreateService', hook(deep)).message).toContain('nested too deeply');
    expect(read('ListClusters', `{"unknown":${deep}}`)).toEqual({});
  });

  test('a map keeps a key called __proto__ as a key', () => {
    const labels = '{"__proto__":"x","constructor":"y"}';
    const input = read('RegisterTaskDefinition', `{"family":"f","containerDefinitions":[{"dockerLabels":${labels}}]}`);
    const [container] = input.containerDefinitions as { dockerLabels: Record<string, string> }[];
    expect(Object.keys(container!.dockerLabels)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(container!.dockerLabels)).toBe(Object.prototype);
  });

  test('any JSON at all gives a value or an ApiError', () => {
    const operations = [...ecs.operations.values()];
    fc.assert(
      fc.property(fc.nat(operations.length - 1), fc.oneof(fc.json(), fc.string()), (i, body) => {
        try {
          reader.read(operations[i]!.input, parseJson(Buffer.from(body)));
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('any value at all in place of any member gives a value or an ApiError', () => {
    const members = [...ecs.operations.values()].flatMap((operation) =>
      [...(operation.input?.members.keys() ?? [])].map((name) => [operation, name] as const),
    );
    const odd = fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(fc.nat(members.length - 1), odd, (i, value) => {
        const [operation, name] = members[i]!;
        try {
          reader.read(operation.input, parseJson(Buffer.from(JSON.stringify({ [name]: value }))));
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
          expect((error as ApiError).code).toMatch(/^(SerializationException|InvalidParameterException)$/);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

/** A made-up service with what ECS lacks: blobs, unions, sparse lists, other timestamps, enforced constraints. */
const sample: ServiceSnapshot = {
  generated: 'by hand',
  service: { ...ecs, key: 'sample', validationError: 'ValidationException' },
  operations: { Do: { input: 'In', output: 'In' } },
  shapes: {
    In: {
      kind: 'structure',
      members: {
        blob: 21,
        choice: 'Choice',
        sparse: 'Sparse',
        day: 5,
        http: 6,
        text: { target: 0, traits: 8 },
        count: 1,
        list: 64,
        tree: 'In',
      },
    },
    Choice: { kind: 'union', members: { a: 0, b: 1 } },
    Sparse: { kind: 'list', traits: { sparse: 1 }, member: 0 },
  },
};
const constraints: ConstraintsSnapshot = {
  generated: 'by hand',
  enums: {},
  members: {
    'In.text': { pattern: '[a-z]+', min: 2, max: 4 },
    'In.count': { min: 1, max: 9, number: 'integer' },
    'In.list': { min: 1, max: 2, member: { max: 3 } },
  },
};
const sampleShape = loadService(sample, constraints).operations.get('Do')!.input;
const sampleReader = createJsonReader({
  reads: 'request',
  validationError: 'ValidationException',
  checkEverything: true,
});
const readSample = (body: string): Record<string, unknown> => sampleReader.read(sampleShape, JSON.parse(body));

describe('what ECS has no example of', () => {
  test('blobs, unions, sparse lists and formatted timestamps', () => {
    const body =
      '{"blob":"aGk=","choice":{"b":2,"unknown":1,"a":null},"sparse":["x",null],"day":"2026-11-21T10:15:00.5+01:00","http":"Sat, 21 Nov 2026 09:15:00 GMT"}';
    const at = Date.UTC(2026, 10, 21, 9, 15) / 1000;
    const value = {
      blob: new Uint8Array(Buffer.from('hi')),
      choice: { b: 2 },
      sparse: ['x', null],
      day: at + 0.5,
      http: at,
    };
    expect(readSample(body)).toEqual(value);
    expect(JSON.parse(createJsonWriter().write(sampleShape, value))).toEqual({
      blob: 'aGk=',
      choice: { b: 2 },
      sparse: ['x', null],
      day: '2026-11-21T09:15:00.500Z',
      http: 'Sat, 21 Nov 2026 09:15:00 GMT',
    });
  });

  test.for([
    ['{"blob":"a"}', "Invalid base64 text at 'blob'"],
    ['{"blob":"****"}', "Invalid base64 text at 'blob'"],
    ['{"choice":{}}', "Exactly one member of Choice must be set at 'choice'"],
    ['{"choice":{"a":"x","b":1}}', "Exactly one member of Choice must be set at 'choice'"],
    ['{"day":"yesterday"}', "STRING_VALUE can not be converted to a Timestamp at 'day'"],
    [`${'{"tree":'.repeat(500)}{}${'}'.repeat(500)}`, 'nested too deeply'],
  ] as const)('%s is refused', ([body, message]) => {
    expect(() => readSample(body)).toThrow(message);
  });

  test.for([
    [
      '{"text":"a1"}',
      "Value at 'text' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+",
    ],
    [
      '{"text":"a"}',
      "Value at 'text' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      '{"text":"abcde"}',
      "Value at 'text' failed to satisfy constraint: Member must have length less than or equal to 4",
    ],
    [
      '{"count":0}',
      "Value '0' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      '{"count":10}',
      "Value '10' at 'count' failed to satisfy constraint: Member must have value less than or equal to 9",
    ],
    ['{"list":[]}', "Value at 'list' failed to satisfy constraint: Member must have length greater than or equal to 1"],
    [
      '{"list":["abcd"]}',
      "Value 'abcd' at 'list.1.member' failed to satisfy constraint: Member must have length less than or equal to 3",
    ],
  ] as const)('%s violates a constraint', ([body, message]) => {
    expect(() => readSample(body)).toThrow(`1 validation error detected: ${message}`);
  });
});

describe('writing answers', () => {
  const writer = createJsonWriter();

  test('epoch seconds are written in the format their member has', () => {
    expect(writer.write(sampleShape, { day: 0.25 })).toBe('{"day":"1970-01-01T00:00:00.250Z"}');
    expect(writer.write(sampleShape, { http: 0 })).toBe('{"http":"Thu, 01 Jan 1970 00:00:00 GMT"}');
  });

  test('numbers that JSON cannot spell go by their names', () => {
    expect(writer.write(sampleShape, { count: Number.NaN })).toBe('{"count":"NaN"}');
    expect(writer.write(sampleShape, { count: -Infinity })).toBe('{"count":"-Infinity"}');
  });

  test('whole numbers are written with a point where the model has a fraction, and only there', () => {
    const answer = ecs.operations.get('DescribeContainerInstances')!.output;
    const resource = (doubleValue: number) => ({
      containerInstances: [{ version: 1, remainingResources: [{ doubleValue, longValue: 0, integerValue: 7 }] }],
    });
    const text = (fraction: string) =>
      `{"containerInstances":[{"version":1,"remainingResources":[{"doubleValue":${fraction},"longValue":0,"integerValue":7}]}]}`;
    expect(writer.write(answer, resource(0))).toBe(text('0.0'));
    expect(writer.write(answer, resource(-0))).toBe(text('0.0'));
    expect(writer.write(answer, resource(-3))).toBe(text('-3.0'));
    expect(writer.write(answer, resource(0.25))).toBe(text('0.25'));
    expect(writer.write(answer, resource(1e300))).toBe(text('1e+300'));
    expect(writer.write(answer, resource(Number.NaN))).toBe(text('"NaN"'));
  });

  const output = ecs.operations.get('DescribeTasks')!.output;

  test('a value that needs no change is not copied', () => {
    const value = { tasks: [{ taskArn: 'a', createdAt: 1.5, overrides: { containerOverrides: [] } }], failures: [] };
    expect(writer.prepare(output!, value)).toBe(value);
  });

  test('unknown, undefined and null members are dropped at every depth; Dates become epoch seconds', () => {
    const value = {
      tasks: [
        {
          taskArn: 'a',
          secret: 'x',
          createdAt: new Date(1500),
          cpu: undefined,
          memory: null,
          containers: [{ name: 'c', more: 1 }],
        },
      ],
      $metadata: {},
    };
    expect(writer.write(output, value)).toBe('{"tasks":[{"taskArn":"a","createdAt":1.5,"containers":[{"name":"c"}]}]}');
  });

  test('the value given is never changed', () => {
    const value = Object.freeze({ tasks: Object.freeze([Object.freeze({ more: 1, taskArn: 'a' })]) });
    expect(writer.write(output, value)).toBe('{"tasks":[{"taskArn":"a"}]}');
    expect(value.tasks[0]).toEqual({ more: 1, taskArn: 'a' });
  });

  test('an answer with constants in its lists reads as one without, the first time and the next', () => {
    const task = (n: number) => ({ taskArn: `a-${n} é`, createdAt: new Date(n), secret: 'x', memory: undefined });
    for (const others of [{}, { failures: [] }, { failures: [{ arn: 'b' }], $metadata: {} }]) {
      for (let count = 0; count < 4; count++) {
        const plain = Array.from({ length: count }, (_, n) => task(n));
        const constants = plain.map((each) => Object.freeze({ ...each }));
        const wanted: unknown = JSON.parse(writer.write(output, { tasks: plain, ...others }));
        for (const tasks of [constants, constants, [...constants, task(9)].slice(0, count)]) {
          const answer = Buffer.from(writer.writeAnswer(output, { tasks, ...others })).toString();
          expect(JSON.parse(answer)).toEqual(wanted);
        }
      }
    }
  });

  test('several lists of constants stand beside each other', () => {
    const value = { tasks: [Object.freeze({ taskArn: 'a' })], failures: [Object.freeze({ arn: 'b' })] };
    expect(Buffer.from(writer.writeAnswer(output, value)).toString()).toBe(
      '{"tasks":[{"taskArn":"a"}],"failures":[{"arn":"b"}]}',
    );
  });

  test('no token is invented', () => {
    expect(writer.write(ecs.operations.get('RunTask')!.input, { taskDefinition: 't' })).toBe('{"taskDefinition":"t"}');
  });

  test('an operation that answers nothing answers an empty object', () => {
    expect(writer.write(undefined, { a: 1 })).toBe('{}');
    expect(writer.write(output, undefined)).toBe('{}');
  });
});
