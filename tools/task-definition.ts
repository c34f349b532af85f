import { readFileSync } from 'node:fs';

/**
 * docs/compat/task-definition.json: for each member of TaskDefinition and ContainerDefinition the test that proves its
 * effect, or why there is none. A dotted path goes into a structure; an entry speaks for all below it that has none of
 * its own.
 */
export type MemberTable = Readonly<Record<string, Readonly<Record<string, MemberEntry>>>>;

export interface MemberEntry {
  /** `file: name of the test`. */
  readonly test?: string;
  /** Why no test proves an effect, from the user's side: `not yet: …` where one is owed. */
  readonly gap?: string;
  /** Said beside either. */
  readonly note?: string;
}

/** The schemas of the SDK, as `src/wire/shapes/ecs.json` has them. */
export type Shapes = Readonly<Record<string, Shape>>;

interface Shape {
  readonly kind: string;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly member?: unknown;
}

export const definitionTarget = 'docs/compat/task-definition.md';
const structures = ['TaskDefinition', 'ContainerDefinition'] as const;
/** A test of this folder looks from inside a container that went the whole way. */
const insideFolder = 'test/e2e/';

export function readMembers(): MemberTable {
  return JSON.parse(readFileSync('docs/compat/task-definition.json', 'utf8')) as MemberTable;
}

export function readShapes(): Shapes {
  return (JSON.parse(readFileSync('src/wire/shapes/ecs.json', 'utf8')) as { shapes: Shapes }).shapes;
}

/** Every path of a structure down to what is no structure, those on the way included; containers have their own list. */
export function pathsOf(shapes: Shapes, structure: string, seen: ReadonlySet<string> = new Set()): string[] {
  const inside = new Set(seen).add(structure);
  return Object.entries(shapes[structure]?.members ?? {}).flatMap(([name, target]) => {
    const below = structureAt(shapes, target);
    if (below === undefined || below === 'ContainerDefinition' || inside.has(below)) return [name];
    return [name, ...pathsOf(shapes, below, inside).map((path) => `${name}.${path}`)];
  });
}

/** The structure that a member is, or is a list of. */
function structureAt(shapes: Shapes, target: unknown): string | undefined {
  if (typeof target !== 'string') return undefined;
  const shape = shapes[target];
  if (shape?.kind === 'structure') return target;
  return shape?.kind === 'list' ? structureAt(shapes, shape.member) : undefined;
}

function entryFor(entries: Readonly<Record<string, MemberEntry>>, path: string): MemberEntry | undefined {
  const own = entries[path];
  const end = path.lastIndexOf('.');
  return own ?? (end < 0 ? undefined : entryFor(entries, path.slice(0, end)));
}

/** Everything wrong with the table: members forgotten, members that are none, tests that are not there. */
export function memberProblems(
  table: MemberTable,
  shapes: Shapes,
  read: (file: string) => string | undefined,
): string[] {
  const strangers = Object.keys(table).filter((name) => !structures.some((structure) => structure === name));
  const problems = strangers.map((name) => `${name}: is neither of ${structures.join(', ')}`);
  for (const structure of structures) {
    const entries = table[structure] ?? {};
    const paths = pathsOf(shapes, structure);
    for (const path of paths) {
      if (entryFor(entries, path) === undefined) problems.push(`${structure}.${path}: is forgotten`);
    }
    for (const [path, entry] of Object.entries(entries)) {
      const where = `${structure}.${path}`;
      if (!paths.includes(path)) problems.push(`${where}: the model has no such member`);
      problems.push(...entryProblems(entry, read).map((problem) => `${where}: ${problem}`));
    }
  }
  return problems;
}

function entryProblems({ test, gap }: MemberEntry, read: (file: string) => string | undefined): string[] {
  if (test === undefined) return (gap ?? '') === '' ? ['has neither a test nor a reason'] : [];
  if (gap !== undefined) return ['has a test and a reason for having none'];
  const [file = '', name = ''] = splitTest(test);
  const text = read(file);
  if (text === undefined) return [`there is no file ${file}`];
  const plain = text.replaceAll(/\\(['"`\\])/g, '$1');
  const there = ["'", '"', '`'].some((quote) => plain.includes(`${quote}${name}${quote}`));
  return there ? [] : [`${file} has no test '${name}'`];
}

function splitTest(test: string): string[] {
  const colon = test.indexOf(': ');
  return [test.slice(0, colon), test.slice(colon + 2)];
}

/** The text of docs/compat/task-definition.md. */
export function definitionText(table: MemberTable, shapes: Shapes): string {
  const sections = structures.flatMap((structure) => {
    const entries = table[structure] ?? {};
    const rows = pathsOf(shapes, structure).filter((path) => !path.includes('.') || path in entries);
    return [
      '',
      `## ${structure}`,
      '',
      '| member | proven by | note |',
      '| --- | --- | --- |',
      ...rows.map((path) => rowOf(path, entryFor(entries, path) ?? {})),
    ];
  });
  const all = structures.flatMap((structure) =>
    pathsOf(shapes, structure).map((path) => entryFor(table[structure] ?? {}, path) ?? {}),
  );
  const proven = all.filter(({ test }) => test !== undefined).length;
  const owed = all.filter(({ gap }) => gap?.startsWith('not yet') === true).length;
  return [
    '<!-- generated by `node tools/compat.ts`; edit docs/compat/task-definition.json -->',
    '# What a task definition asks for',
    '',
    `Every member of the model, nested ones included: ${all.length}, of which ${proven} are proven by a test,`,
    `${owed} are not done yet and ${all.length - proven - owed} have no effect in a container. A member speaks for those inside it`,
    'that have no row. **Inside** is a test that looks from within a container that the engine started; a *unit* test says',
    'what is asked of the engine.',
    ...sections,
    '',
  ].join('\n');
}

function rowOf(path: string, { test, gap, note }: MemberEntry): string {
  if (test === undefined) return `| \`${path}\` | – | ${[gap, note].filter(Boolean).join('; ')} |`;
  const [file = '', name = ''] = splitTest(test);
  const level = file.startsWith(insideFolder) ? '**inside**' : 'unit';
  return `| \`${path}\` | ${level}: [${name}](../../${file}) | ${note ?? ''} |`;
}
