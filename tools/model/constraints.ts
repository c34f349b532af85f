import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { ConstraintEntry, ConstraintsSnapshot } from '#wire/aws';
import { services } from './services.ts';

/**
 * `node tools/model/constraints.ts --service ecs --model PATH [--source TEXT]`: writes
 * `src/wire/shapes/<service>.constraints.json` from a published model: a Smithy JSON AST (as in AWS's api-models-aws)
 * or botocore's service-2.json, plain or gzipped. The client's schemas lack what it holds: enum, pattern, length,
 * range and which number is an integer. An enum is joined with the values the installed client exports under the same
 * name, because a model may be older than the client. Patterns that ECMAScript cannot compile are left out and named.
 */

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** One shape of either model, in one form. */
interface ModelShape {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly members: Readonly<Record<string, ModelMember>>;
  readonly member?: ModelMember;
  readonly key?: ModelMember;
  readonly value?: ModelMember;
}

interface ModelMember {
  readonly target: string;
  /** Constraints set on the member itself (Smithy only). */
  readonly own: Pick<ModelShape, 'pattern' | 'min' | 'max'>;
}

type Model = ReadonlyMap<string, ModelShape>;
type Json = Readonly<Record<string, unknown>>;

/** Reads either form of model. */
export function readModel(document: Json): Model {
  return 'smithy' in document ? readSmithy(document.shapes as Json) : readBotocore(document.shapes as Json);
}

function readBotocore(shapes: Json): Model {
  const member = (value: unknown): ModelMember => ({ target: (value as { shape: string }).shape, own: {} });
  return new Map(
    Object.entries(shapes as Record<string, Json>).map(([name, shape]) => [
      name,
      {
        type: String(shape.type),
        ...picked(shape),
        ...(Array.isArray(shape.enum) ? { enum: shape.enum as string[] } : {}),
        members: mapValues((shape.members ?? {}) as Json, member),
        ...parts(shape, member),
      },
    ]),
  );
}

function readSmithy(shapes: Json): Model {
  const member = (value: unknown): ModelMember => {
    const { target, traits = {} } = value as { target: string; traits?: Json };
    return { target: withoutNamespace(target), own: smithyTraits(traits) };
  };
  return new Map(
    Object.entries(shapes as Record<string, Json>).map(([id, shape]) => {
      const members = (shape.members ?? {}) as Record<string, { traits?: Json }>;
      const values = Object.entries(members).map(
        ([name, entry]) => (entry.traits?.['smithy.api#enumValue'] as string | undefined) ?? name,
      );
      const isEnum = shape.type === 'enum';
      const entry: ModelShape = {
        type: isEnum ? 'string' : String(shape.type),
        ...smithyTraits((shape.traits ?? {}) as Json),
        ...(isEnum ? { enum: values } : {}),
        members: isEnum ? {} : mapValues(members, member),
        ...parts(shape, member),
      };
      return [withoutNamespace(id), entry];
    }),
  );
}

function withoutNamespace(id: string): string {
  return id.slice(id.indexOf('#') + 1);
}

function smithyTraits(traits: Json): Pick<ModelShape, 'pattern' | 'min' | 'max' | 'enum'> {
  const size = (traits['smithy.api#length'] ?? traits['smithy.api#range'] ?? {}) as Json;
  const oldEnum = traits['smithy.api#enum'] as readonly { value: string }[] | undefined;
  return {
    ...picked({ ...size, pattern: traits['smithy.api#pattern'] }),
    ...(oldEnum === undefined ? {} : { enum: oldEnum.map((entry) => entry.value) }),
  };
}

function picked(shape: Json): Pick<ModelShape, 'pattern' | 'min' | 'max'> {
  return {
    ...(typeof shape.pattern === 'string' ? { pattern: shape.pattern } : {}),
    ...(typeof shape.min === 'number' ? { min: shape.min } : {}),
    ...(typeof shape.max === 'number' ? { max: shape.max } : {}),
  };
}

function parts(shape: Json, member: (value: unknown) => ModelMember): Pick<ModelShape, 'member' | 'key' | 'value'> {
  return {
    ...(shape.member === undefined ? {} : { member: member(shape.member) }),
    ...(shape.key === undefined ? {} : { key: member(shape.key) }),
    ...(shape.value === undefined ? {} : { value: member(shape.value) }),
  };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** A longer enum is a catalogue (EC2's instance types) that grows by the week; it says little of what is right here. */
const maxEnumValues = 200;

export interface Constraints {
  readonly snapshot: Omit<ConstraintsSnapshot, 'generated'>;
  /** Patterns that were left out because ECMAScript cannot compile them. */
  readonly badPatterns: readonly string[];
}

/** The constraint table of a model; `clientEnums` are the enum values a client exports, by name. */
export function constraintsOf(model: Model, clientEnums: Readonly<Record<string, readonly string[]>>): Constraints {
  const enums: Record<string, readonly string[]> = {};
  const members: Record<string, ConstraintEntry> = {};
  const badPatterns: string[] = [];
  const entryOf = (member: ModelMember, depth: number): ConstraintEntry | undefined => {
    const shape = model.get(member.target);
    if (shape === undefined || depth > 4) return undefined;
    const entry: Record<string, unknown> = { ...picked(shape as unknown as Json), ...member.own };
    if (typeof entry.pattern === 'string' && !compiles(entry.pattern)) {
      badPatterns.push(entry.pattern);
      delete entry.pattern;
    }
    if (shape.enum !== undefined && shape.enum.length <= maxEnumValues) {
      enums[member.target] = [...new Set([...shape.enum, ...(clientEnums[member.target] ?? [])])];
      entry.enum = member.target;
    }
    if (['integer', 'long', 'float', 'double'].includes(shape.type)) entry.number = shape.type;
    for (const part of ['member', 'key', 'value'] as const) {
      const inner = shape[part] === undefined ? undefined : entryOf(shape[part], depth + 1);
      if (inner !== undefined) entry[part] = inner;
    }
    return Object.keys(entry).length === 0 ? undefined : entry;
  };
  for (const [name, shape] of [...model].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const [memberName, member] of Object.entries(shape.members)) {
      const entry = entryOf(member, 0);
      if (entry !== undefined) members[`${name}.${memberName}`] = entry;
    }
  }
  return {
    snapshot: { enums: Object.fromEntries(Object.entries(enums).sort(([a], [b]) => (a < b ? -1 : 1))), members },
    badPatterns,
  };
}

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

/** The enum objects among a client module's exports: `LaunchType = { EC2: 'EC2', … }`. */
export function enumsOf(module: Readonly<Record<string, unknown>>): Record<string, readonly string[]> {
  const enums: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(module)) {
    if (!/^[A-Z]/.test(name) || typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    const values: unknown[] = Object.values(value);
    if (values.length > 0 && values.every((entry) => typeof entry === 'string')) enums[name] = values;
  }
  return enums;
}

/** `botocore 1.43.11` when the model lies in an installed botocore; else the file's name. */
function sourceOf(path: string): string {
  const root = path.slice(0, Math.max(0, path.lastIndexOf('/data/')));
  try {
    const version = /__version__ = '([^']+)'/.exec(readFileSync(join(root, '__init__.py'), 'utf8'))?.[1];
    if (version !== undefined) return `${basename(root)} ${version}`;
  } catch {
    // No botocore around the file: its own name has to do.
  }
  return `${basename(dirname(path))}/${basename(path)}`;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      service: { type: 'string', default: 'ecs' },
      model: { type: 'string' },
      source: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const row = services.find((candidate) => candidate.key === values.service);
  if (row === undefined) throw new Error(`no such service in tools/model/services.ts: ${values.service}`);
  if (values.model === undefined) throw new Error('--model PATH is required: a Smithy JSON AST or a service-2.json');
  const path = resolve(values.model);
  const bytes = readFileSync(path);
  const text = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
  const require = createRequire(join(checkout, 'package.json'));
  const module = require(row.package) as Readonly<Record<string, unknown>>;
  const manifest = require(`${row.package}/package.json`) as { version: string };
  const { snapshot, badPatterns } = constraintsOf(readModel(JSON.parse(text.toString()) as Json), enumsOf(module));
  const source = values.source ?? sourceOf(path);
  const generated = `by tools/model/constraints.ts from ${source} and the enums of ${row.package} ${manifest.version}; do not edit; Apache-2.0`;
  const out = join(resolve(values.out ?? join(checkout, 'src/wire/shapes')), `${row.key}.constraints.json`);
  writeFileSync(out, printConstraints({ generated, ...snapshot }));
  console.log(
    `${row.key}: ${Object.keys(snapshot.members).length} members, ${Object.keys(snapshot.enums).length} enums`,
  );
  for (const pattern of badPatterns) console.log(`left out, does not compile: ${pattern}`);
}

function printConstraints(snapshot: ConstraintsSnapshot): string {
  const lines = (record: Readonly<Record<string, unknown>>): string =>
    Object.entries(record)
      .map(([name, entry]) => `${JSON.stringify(name)}: ${JSON.stringify(entry)}`)
      .join(',\n');
  return `{\n"generated": ${JSON.stringify(snapshot.generated)},\n"enums": {\n${lines(snapshot.enums)}\n},\n"members": {\n${lines(snapshot.members)}\n}\n}\n`;
}

if (import.meta.main) main();
