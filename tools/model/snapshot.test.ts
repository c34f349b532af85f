import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ConstraintsSnapshot } from '#wire/aws';
import { constraintsOf, readModel } from './constraints.ts';
import { services } from './services.ts';
import { printSnapshot, servicesSnapshot, snapshotService } from './snapshot.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const shapes = `${checkout}src/wire/shapes/`;
const committed = (name: string): string => readFileSync(`${shapes}${name}`, 'utf8');
const ecsRow = services.find((row) => row.key === 'ecs')!;
const served = services.filter(({ key }) =>
  [
    'ecs',
    'cloudwatch-logs',
    'servicediscovery',
    'acm',
    'codedeploy',
    'elasticloadbalancingv2',
    'ec2',
    'route-53',
  ].includes(key),
);

describe('the committed snapshots', () => {
  test.each(served)('$key.json is what the installed client gives: run `npm run shapes` after an upgrade', (row) => {
    expect(printSnapshot(snapshotService(row, checkout)!)).toBe(committed(`${row.key}.json`));
  });

  test('services.json is what the table gives: run `npm run shapes` after a change', () => {
    expect(printSnapshot(servicesSnapshot())).toBe(committed('services.json'));
  });

  test.each(served)('every constraint of $key belongs to a member that exists, and says where it is from', (row) => {
    const constraints = JSON.parse(committed(`${row.key}.constraints.json`)) as ConstraintsSnapshot;
    const snapshot = snapshotService(row, checkout)!;
    const unknown = Object.keys(constraints.members).filter((key) => {
      const [name = '', member = ''] = key.split('.');
      const entry = snapshot.shapes[name];
      return entry === undefined || !('members' in entry) || !(member in entry.members);
    });
    expect(unknown).toEqual([]);
    expect(constraints.generated).toMatch(/from \S+ \d+\.\d+/);
  });
});

describe('the table', () => {
  test('names every service once', () => {
    for (const facet of ['key', 'package'] as const) {
      expect(new Set(services.map((row) => row[facet])).size).toBe(services.length);
    }
    const prefixes = services.flatMap((row) => row.targetPrefixes);
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });

  test('a row that does not match its package is refused', () => {
    expect(() => snapshotService({ ...ecsRow, version: '1999-01-01' }, checkout)).toThrow(
      'version is 2014-11-13, not 1999-01-01',
    );
  });

  test('a package that is not installed gives nothing', () => {
    expect(snapshotService({ ...ecsRow, package: '@aws-sdk/client-none' }, checkout)).toBeUndefined();
  });
});

describe('constraints', () => {
  const expected = {
    enums: { Colour: ['RED', 'BLUE', 'GREEN'] },
    members: {
      'Thing.colours': { max: 3, member: { enum: 'Colour' } },
      'Thing.count': { min: 1, max: 9, number: 'integer' },
      'Thing.name': { pattern: '[a-z]+', min: 1 },
    },
  };
  const clientEnums = { Colour: ['RED', 'GREEN'] };

  test('from a botocore model', () => {
    const model = readModel({
      metadata: {},
      shapes: {
        Thing: {
          type: 'structure',
          members: {
            colours: { shape: 'Colours' },
            count: { shape: 'Count' },
            name: { shape: 'Name' },
            plain: { shape: 'Plain' },
          },
        },
        Colours: { type: 'list', max: 3, member: { shape: 'Colour' } },
        Colour: { type: 'string', enum: ['RED', 'BLUE'] },
        Count: { type: 'integer', min: 1, max: 9 },
        Name: { type: 'string', pattern: '[a-z]+', min: 1 },
        Plain: { type: 'string' },
      },
    });
    expect(constraintsOf(model, clientEnums)).toEqual({ snapshot: expected, badPatterns: [] });
  });

  test('from a Smithy model, with a pattern that does not compile', () => {
    const model = readModel({
      smithy: '2.0',
      shapes: {
        'a#Thing': {
          type: 'structure',
          members: {
            colours: { target: 'a#Colours' },
            count: { target: 'a#Count', traits: { 'smithy.api#range': { min: 1, max: 9 } } },
            name: { target: 'a#Name', traits: { 'smithy.api#length': { min: 1 } } },
            bad: { target: 'a#Bad' },
          },
        },
        'a#Colours': { type: 'list', member: { target: 'a#Colour' }, traits: { 'smithy.api#length': { max: 3 } } },
        'a#Colour': {
          type: 'enum',
          members: {
            RED: { target: 'u', traits: { 'smithy.api#enumValue': 'RED' } },
            BLUE: { target: 'u', traits: {} },
          },
        },
        'a#Count': { type: 'integer' },
        'a#Name': { type: 'string', traits: { 'smithy.api#pattern': '[a-z]+' } },
        'a#Bad': { type: 'string', traits: { 'smithy.api#pattern': '(?i)[' } },
      },
    });
    expect(constraintsOf(model, clientEnums)).toEqual({ snapshot: expected, badPatterns: ['(?i)['] });
  });
});
