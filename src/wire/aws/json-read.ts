import { isUtf8 } from 'node:buffer';
import { unreachable } from '#base';
import { ApiError } from './api-error.ts';
import { assign } from './record.ts';
import type { Constraint, ListShape, MapShape, Member, Shape, StructureShape } from './shape.ts';
import { parseTimestamp } from './timestamp.ts';
import {
  frameworkRefusal,
  lengthViolation,
  notNull,
  type Refuse,
  shown,
  Violations,
  violationOf,
} from './violations.ts';

/**
 * From parsed JSON to checked values. Unknown members are dropped unread; `null` is the same as absent; timestamps
 * become epoch seconds and blobs bytes. A wrong kind is a SerializationException, a missing member or a violated
 * constraint the service's validation error: nothing but {@link ApiError} is ever thrown, whatever the input.
 */
export interface JsonReader {
  /** `shape` is absent for an operation that takes nothing. */
  read(shape: StructureShape | undefined, value: unknown): JsonObject;
}

export type JsonObject = Record<string, unknown>;

export interface JsonReaderOptions {
  /** `request` checks all; `answer` trusts the server: only the JSON kinds are checked. */
  readonly reads: 'request' | 'answer';
  /** The code of a violated constraint. */
  readonly validationError: string;
  /** Also check patterns, lengths and ranges; enums are always checked in requests. */
  readonly checkEverything?: boolean;
  /** How violations are told; default: all of them with `validationError`, as AWS's service framework does. */
  readonly refuse?: Refuse;
  /** The code of a value of the wrong kind; default SerializationException. */
  readonly malformed?: string;
}

/** Deeper nesting is hostile: the deepest ECS shape has ten levels. */
const maxDepth = 100;

/** Where the reader stands, and what it found. */
interface Reading {
  readonly path: (string | number)[];
  depth: number;
  readonly violations: Violations;
  readonly malformed: string;
}

type Read = (value: unknown, reading: Reading) => unknown;

/** Bytes to JSON; nothing at all is an empty object. Throws SerializationException. */
export function parseJson(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  if (!isUtf8(body)) throw serialization('The request is not UTF-8 text');
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError('SerializationException', 'The request is not valid JSON', { cause });
  }
}

/** Compiles a reader per structure the first time it is needed, and keeps it. */
export function createJsonReader(options: JsonReaderOptions): JsonReader {
  const compiler = new ReaderCompiler(options);
  const nothing: StructureShape = { type: 'structure', name: 'Unit', members: new Map(), traits: {} };
  const refuse = options.refuse ?? frameworkRefusal(options.validationError);
  const malformed = options.malformed ?? serializationException;
  return {
    read(shape, value) {
      const reading: Reading = { path: [], depth: 0, violations: new Violations(), malformed };
      const result = compiler.structure(shape ?? nothing)(value, reading);
      reading.violations.check(refuse);
      return result as JsonObject;
    },
  };
}

class ReaderCompiler {
  readonly #structures = new Map<StructureShape, Read>();
  readonly #isRequest: boolean;
  readonly #checkEverything: boolean;

  constructor(options: JsonReaderOptions) {
    this.#isRequest = options.reads === 'request';
    this.#checkEverything = options.checkEverything ?? false;
  }

  structure(shape: StructureShape): Read {
    const known = this.#structures.get(shape);
    if (known !== undefined) return known;
    const made = shape.type === 'union' ? this.#union(shape) : this.#structure(shape);
    this.#structures.set(shape, made);
    return made;
  }

  /** Members are compiled one by one at their first use: shapes may contain themselves. */
  #membersOf(shape: StructureShape): (name: string) => Read | undefined {
    const reads = new Map<string, Read>();
    return (name) => {
      const known = reads.get(name);
      if (known !== undefined) return known;
      const member = shape.members.get(name);
      if (member === undefined) return undefined;
      const made = this.#value(member.shape, member, member.constraint);
      reads.set(name, made);
      return made;
    };
  }

  #structure(shape: StructureShape): Read {
    const readOf = this.#membersOf(shape);
    const required = this.#isRequest ? [...shape.members.values()].filter((member) => member.required) : [];
    return (value, reading) => {
      const source = objectOf(value, reading);
      const depth = descend(reading);
      const result: JsonObject = {};
      for (const name in source) {
        const entry = source[name];
        if (entry === null || entry === undefined) continue;
        const read = readOf(name);
        if (read === undefined) continue;
        reading.path[depth] = beanName(name);
        result[name] = read(entry, reading);
      }
      reading.depth = depth;
      for (const member of required) {
        if (source[member.name] === undefined || source[member.name] === null) {
          reading.violations.add(pathText(reading, beanName(member.name)), null, notNull);
        }
      }
      return result;
    };
  }

  #union(shape: StructureShape): Read {
    const readOf = this.#membersOf(shape);
    return (value, reading) => {
      const source = objectOf(value, reading);
      const names = Object.keys(source).filter((name) => shape.members.has(name) && source[name] !== null);
      const [name] = names;
      if (names.length !== 1 || name === undefined) {
        if (!this.#isRequest) return {};
        throw serialization(`Exactly one member of ${shape.name} must be set`, reading);
      }
      const depth = descend(reading);
      reading.path[depth] = beanName(name);
      const result = { [name]: readOf(name)?.(source[name], reading) };
      reading.depth = depth;
      return result;
    };
  }

  #value(shape: Shape, member: Member, constraint: Constraint | undefined): Read {
    switch (shape.type) {
      case 'structure':
      case 'union': {
        return this.structure(shape);
      }
      case 'list':
        return this.#list(shape, constraint);
      case 'map':
        return this.#map(shape, constraint);
      case 'string':
        return this.#checked(readString, member, constraint);
      case 'number':
        return this.#checked(numberReader(constraint?.number), member, constraint);
      case 'boolean':
        return readBoolean;
      case 'timestamp':
        return (value, reading) => parseTimestamp(value, shape.format) ?? wrongKind(value, 'a Timestamp', reading);
      case 'blob':
        return readBlob;
      case 'document':
        return readDocument;
      default:
        return unreachable(shape);
    }
  }

  /** `read`, with the constraint on what it gives. */
  #checked(read: (value: unknown, reading: Reading) => string | number, member: Member, constraint?: Constraint): Read {
    if (!this.#isRequest || constraint === undefined) return read;
    const everything = this.#checkEverything;
    return (value, reading) => {
      const result = read(value, reading);
      const violation = violationOf(constraint, result, everything);
      if (violation !== undefined) reading.violations.add(pathText(reading), shown(member, result), violation);
      return result;
    };
  }

  #list(shape: ListShape, constraint: Constraint | undefined): Read {
    const read = this.#value(shape.member.shape, shape.member, constraint?.member ?? shape.member.constraint);
    return (value, reading) => {
      if (!Array.isArray(value)) return wrongKind(value, 'a List', reading);
      const depth = descend(reading);
      const result: unknown[] = [];
      for (let i = 0; i < value.length; i++) {
        const entry: unknown = value[i];
        reading.path[depth] = i;
        if (entry !== null) result.push(read(entry, reading));
        else if (shape.sparse) result.push(null);
        else this.#nullEntry(reading);
        if (!reading.violations.open) break;
      }
      reading.depth = depth;
      this.#size(constraint, value.length, reading);
      return result;
    };
  }

  #map(shape: MapShape, constraint: Constraint | undefined): Read {
    const readKey = this.#checked(readString, shape.key, constraint?.key);
    const read = this.#value(shape.value.shape, shape.value, constraint?.value ?? shape.value.constraint);
    return (value, reading) => {
      const source = objectOf(value, reading);
      const depth = descend(reading);
      const result: JsonObject = {};
      const names = Object.keys(source);
      for (const name of names) {
        const entry = source[name];
        reading.path[depth] = name;
        readKey(name, reading);
        if (entry !== null) assign(result, name, read(entry, reading));
        else if (shape.sparse) assign(result, name, null);
        else this.#nullEntry(reading);
        if (!reading.violations.open) break;
      }
      reading.depth = depth;
      this.#size(constraint, names.length, reading);
      return result;
    };
  }

  #nullEntry(reading: Reading): void {
    if (this.#isRequest) reading.violations.add(pathText(reading), null, notNull);
  }

  #size(constraint: Constraint | undefined, size: number, reading: Reading): void {
    if (!this.#isRequest || !this.#checkEverything || constraint === undefined) return;
    const violation = lengthViolation(constraint, size);
    if (violation !== undefined) reading.violations.add(pathText(reading), undefined, violation);
  }
}

function readString(value: unknown, reading: Reading): string {
  return typeof value === 'string' ? value : wrongKind(value, 'a String', reading);
}

function readBoolean(value: unknown, reading: Reading): boolean {
  return typeof value === 'boolean' ? value : wrongKind(value, 'a Boolean', reading);
}

const int32 = 2 ** 31;
const int64 = 2 ** 63;

function numberReader(kind: Constraint['number']): (value: unknown, reading: Reading) => number {
  switch (kind) {
    case 'integer':
    case 'long': {
      const bound = kind === 'integer' ? int32 : int64;
      const wanted = kind === 'integer' ? 'an Integer' : 'a Long';
      return (value, reading) =>
        Number.isInteger(value) && (value as number) >= -bound && (value as number) < bound
          ? (value as number)
          : wrongKind(value, wanted, reading);
    }
    case 'float':
    case 'double':
    case undefined:
      return (value, reading) => (Number.isFinite(value) ? (value as number) : wrongKind(value, 'a Number', reading));
    default:
      return unreachable(kind);
  }
}

const base64Pattern = /^[A-Za-z0-9+/]*={0,2}$/;

function readBlob(value: unknown, reading: Reading): Uint8Array {
  if (typeof value !== 'string') return wrongKind(value, 'a Blob', reading);
  if (value.length % 4 !== 0 || !base64Pattern.test(value)) throw serialization('Invalid base64 text', reading);
  return new Uint8Array(Buffer.from(value, 'base64'));
}

/** Any JSON; walked once so that nothing too deep reaches code that recurses. */
function readDocument(value: unknown, reading: Reading): unknown {
  if (!depthWithin(value, maxDepth - reading.depth)) throw serialization('The request is nested too deeply', reading);
  return value;
}

function depthWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((entry) => depthWithin(entry, levels - 1));
}

function objectOf(value: unknown, reading: Reading): Readonly<JsonObject> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return wrongKind(value, 'a Structure', reading);
  }
  return value as JsonObject;
}

/** One level down; gives the depth to come back to, which is also the path's slot for the names below. */
function descend(reading: Reading): number {
  const depth = reading.depth;
  if (depth >= maxDepth) throw serialization('The request is nested too deeply', reading);
  reading.depth = depth + 1;
  return depth;
}

/** A member as AWS's framework names it, which is written in Java: `VPCId` is `vPCId`. */
function beanName(name: string): string {
  const first = name.charCodeAt(0);
  return first >= 65 && first <= 90 ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

/** The path of what is being read as AWS writes it: `containerDefinitions.1.member.name`, counted from 1. */
function pathText(reading: Reading, name?: string): string {
  const names = reading.path
    .slice(0, reading.depth)
    .map((part) => (typeof part === 'number' ? `${part + 1}.member` : part));
  if (name !== undefined) names.push(name);
  return names.join('.');
}

function wrongKind(value: unknown, wanted: string, reading: Reading): never {
  throw serialization(`${kindOf(value)} can not be converted to ${wanted}`, reading);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL_VALUE';
  if (Array.isArray(value)) return 'START_ARRAY';
  if (typeof value === 'object') return 'START_OBJECT';
  return `${typeof value}_VALUE`.toUpperCase();
}

function serialization(problem: string, reading?: Reading): ApiError {
  const path = reading === undefined ? '' : pathText(reading);
  const where =
    path === '' ? '' : ` at '${path.length > maxPathCharacters ? `${path.slice(0, maxPathCharacters)}…` : path}'`;
  return new ApiError(reading?.malformed ?? serializationException, `${problem}${where}`);
}

const serializationException = 'SerializationException';

const maxPathCharacters = 512;
