import { expect, test } from 'vitest';
import { DocumentError } from './document-error.ts';
import { parseInputDocument, type ShapeNames } from './parse-document.ts';

const text: ShapeNames = { kind: 'string' };
const number: ShapeNames = { kind: 'number' };

function structure(members: Record<string, ShapeNames>): ShapeNames {
  return { kind: 'structure', members: new Map(Object.entries(members)) };
}

const names = structure({
  family: text,
  cpu: text,
  containerDefinitions: {
    kind: 'list',
    member: structure({
      name: text,
      memory: number,
      essential: { kind: 'boolean' },
      command: { kind: 'list', member: text },
      environment: { kind: 'list', member: structure({ name: text, value: text }) },
      dockerLabels: { kind: 'map', value: text },
    }),
  },
  extra: { kind: 'any' },
});

function problemsOf(source: string): readonly string[] {
  try {
    parseInputDocument(source, names);
  } catch (error) {
    if (error instanceof DocumentError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

test('JSON and YAML give the same members', () => {
  const json = `{"family": "web", "cpu": "256", "containerDefinitions": [{"name": "app", "memory": 128, "essential": true}]}`;
  const yaml = `
# the site
family: web
cpu: 256
containerDefinitions:
  - name: app
    memory: 128
    essential: true
`;
  const expected = {
    family: 'web',
    cpu: '256',
    containerDefinitions: [{ name: 'app', memory: 128, essential: true }],
  };
  expect(parseInputDocument(json, names)).toEqual(expected);
  expect(parseInputDocument(yaml, names)).toEqual(expected);
});

test('text is taken as it is written, whatever YAML makes of it', () => {
  const parsed = parseInputDocument(
    'containerDefinitions: [{command: [echo, 1.10, true, 0x1F, 08], dockerLabels: {1.20: 2}}]',
    names,
  );
  expect(parsed).toEqual({
    containerDefinitions: [{ command: ['echo', '1.10', 'true', '0x1F', '08'], dockerLabels: { '1.20': '2' } }],
  });
});

test('a member that is null is absent', () => {
  expect(parseInputDocument('{"family": "web", "cpu": null}', names)).toEqual({ family: 'web' });
  expect(parseInputDocument('family: web\ncpu:\n', names)).toEqual({ family: 'web' });
});

test('an unknown member has its place and the nearest known name', () => {
  expect(problemsOf('family: web\n\ncontianerDefinitions: []\n')).toEqual([
    'unknown member "contianerDefinitions" at line 3, column 1; did you mean "containerDefinitions"?',
  ]);
  expect(problemsOf('{\n  "containerDefinitions": [{"nmae": "app", "qqqqqqq": 1}]\n}')).toEqual([
    'unknown member "nmae" at line 2, column 29; did you mean "name"?',
    'unknown member "qqqqqqq" at line 2, column 44',
  ]);
});

test('every wrong kind is told, in the order of the text', () => {
  const source = `
family: [web]
containerDefinitions:
  - memory: lots
    essential: 1
    command: echo
  - just text
`;
  expect(problemsOf(source)).toEqual([
    'member "family" must be text at line 2, column 9',
    'member "memory" must be a number at line 4, column 13',
    'member "essential" must be true or false at line 5, column 16',
    'member "command" must be a list at line 6, column 14',
    'an item of member "containerDefinitions" must be an object at line 7, column 5',
  ]);
});

test.each([
  ['{"family": "web"', 1, 17],
  ['family: web\nfamily: api\n', 2, 1],
  ['family: "web', 1, 13],
  ['a: 1\n---\nb: 2\n', 2, 1],
])('%j is refused at line %i, column %i', (source, line, column) => {
  const [first] = problemsOf(source);
  expect(first).toMatch(new RegExp(` at line ${line}, column ${column}$`));
});

test.each(['', 'null', '[]', 'web', '42'])('%j is no input', (source) => {
  expect(problemsOf(source)).toEqual(['the document must be an object at line 1, column 1']);
});

test('anchors, aliases and merge keys are followed', () => {
  const source = `
extra: &base
  memory: 128
  essential: true
containerDefinitions:
  - <<: *base
    name: app
    memory: 256
  - <<: [*base]
    name: sidecar
`;
  expect(parseInputDocument(source, names)).toEqual({
    extra: { memory: 128, essential: true },
    containerDefinitions: [
      { name: 'app', memory: 256, essential: true },
      { name: 'sidecar', memory: 128, essential: true },
    ],
  });
});

test('a document that grows through aliases is refused', () => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const items = level === 0 ? 'x' : Array.from({ length: 10 }, () => `*l${level - 1}`).join(', ');
    return `  - &l${level} [${items}]`;
  });
  expect(problemsOf(`extra:\n${levels.join('\n')}\n`)).toEqual([
    expect.stringMatching(/^the document is too large or too deep at line \d+, column \d+$/),
  ]);
  expect(problemsOf('extra: &a [*a]')[0]).toMatch(/too large or too deep/);
});

test('a member named like a part of every object is a member like any other', () => {
  const parsed = parseInputDocument('extra: {__proto__: {polluted: yes}}', names);
  expect(Object.keys(parsed['extra'] as object)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
