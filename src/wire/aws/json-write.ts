import { unreachable } from '#base';
import { assign } from './record.ts';
import type { Constraint, Shape, StructureShape } from './shape.ts';
import { formatTimestamp, isDate } from './timestamp.ts';

/**
 * From values to JSON text. Members the shape does not know and members that are `undefined` or `null` are left out;
 * timestamps may be Dates or epoch seconds; blobs become base64. Nothing is ever invented. A value that needs no
 * change goes to `JSON.stringify` as it is: big answers are bound by that, so the writers look first and copy seldom.
 */
export interface JsonWriter {
  /** `shape` is absent for an operation that answers nothing. */
  write(shape: StructureShape | undefined, value: unknown): string;
  /**
   * The same, for an answer. A frozen structure in one of its lists is a constant, all the way down: its JSON is kept for
   * as long as the structure lives, so that writing it again costs a copy of bytes.
   */
  writeAnswer(shape: StructureShape | undefined, value: unknown): string | Uint8Array;
  /** The same as a value instead of text, to be put inside something larger. */
  prepare(shape: StructureShape, value: unknown): unknown;
}

/** How one shape is written. */
interface Write {
  /** Whether `JSON.stringify` may have the value as it is. */
  fits(value: unknown): boolean;
  /** What stands in JSON for the value. */
  convert(value: unknown): unknown;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Compiles a writer per structure the first time it is needed, and keeps it. */
export function createJsonWriter(): JsonWriter {
  const compiler = new WriterCompiler();
  const prepare = (shape: StructureShape, value: unknown): unknown => {
    const write = compiler.structure(shape);
    return write.fits(value) ? value : write.convert(value);
  };
  const write = (shape: StructureShape | undefined, value: unknown): string =>
    shape === undefined ? '{}' : JSON.stringify(prepare(shape, value ?? {}));
  const constants = new ConstantWriter(write);
  return { write, prepare, writeAnswer: (shape, value) => constants.write(shape, value) ?? write(shape, value) };
}

/** Writes structures that have lists of constants, from bytes that are made once per constant. */
class ConstantWriter {
  readonly #write: JsonWriter['write'];
  readonly #kept = new WeakMap<object, Uint8Array>();

  constructor(write: JsonWriter['write']) {
    this.#write = write;
  }

  /** `undefined` when the structure has no constants. */
  write(shape: StructureShape | undefined, value: unknown): Uint8Array | undefined {
    if (shape === undefined || !isObject(value)) return undefined;
    const lists = Object.keys(value).filter((name) => constantsOf(shape.members.get(name)?.shape, value[name]));
    if (lists.length === 0) return undefined;
    const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !lists.includes(name)));
    const others = this.#write(shape, rest);
    const parts: Uint8Array[] = [];
    for (const name of lists) {
      parts.push(Buffer.from(`${parts.length === 0 ? '{' : '],'}${JSON.stringify(name)}:[`));
      this.#writeList(shape.members.get(name)?.shape, value[name] as readonly object[], parts);
    }
    parts.push(Buffer.from(others === '{}' ? ']}' : `],${others.slice(1)}`));
    return Buffer.concat(parts);
  }

  #writeList(shape: Shape | undefined, entries: readonly object[], parts: Uint8Array[]): void {
    if (shape?.type !== 'list' || shape.member.shape.type !== 'structure') return;
    const entryShape = shape.member.shape;
    for (const [index, entry] of entries.entries()) {
      if (index > 0) parts.push(comma);
      parts.push(this.#bytesOf(entryShape, entry));
    }
  }

  #bytesOf(shape: StructureShape, entry: object): Uint8Array {
    const known = this.#kept.get(entry);
    if (known !== undefined) return known;
    const made = Buffer.from(this.#write(shape, entry));
    if (Object.isFrozen(entry)) this.#kept.set(entry, made);
    return made;
  }
}

const comma = Buffer.from(',');

/** Whether the value is a list of structures that starts with a constant. */
function constantsOf(shape: Shape | undefined, value: unknown): boolean {
  return (
    shape?.type === 'list' &&
    shape.member.shape.type === 'structure' &&
    Array.isArray(value) &&
    isObject(value[0]) &&
    Object.isFrozen(value[0])
  );
}

class WriterCompiler {
  readonly #structures = new Map<StructureShape, Write>();

  structure(shape: StructureShape): Write {
    const known = this.#structures.get(shape);
    if (known !== undefined) return known;
    const members = new Map<string, Write>();
    const made = structureWrite(members);
    // Known before its members are compiled, so that a shape may contain itself.
    this.#structures.set(shape, made);
    for (const { name, shape: target, constraint } of shape.members.values()) {
      members.set(name, this.#value(target, constraint));
    }
    return made;
  }

  #value(shape: Shape, constraint?: Constraint): Write {
    switch (shape.type) {
      case 'structure':
      case 'union':
        return this.structure(shape);
      case 'list': {
        const write = this.#value(shape.member.shape, constraint?.member);
        return write === asIs ? asIs : listWrite(write);
      }
      case 'map':
        return mapWrite(this.#value(shape.value.shape, constraint?.value), shape.sparse);
      case 'timestamp': {
        const { format } = shape;
        const isNumber = format === 'default' || format === 'epoch-seconds';
        return {
          fits: (value) => isNumber && typeof value === 'number',
          convert: (value) => (typeof value === 'number' || isDate(value) ? formatTimestamp(value, format) : value),
        };
      }
      case 'blob':
        return {
          fits: (value) => typeof value === 'string',
          convert: (value) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value),
        };
      case 'number':
        return constraint?.number === 'double' || constraint?.number === 'float' ? fraction : number;
      case 'string':
      case 'boolean':
      case 'document':
        return asIs;
      default:
        return unreachable(shape);
    }
  }
}

const number: Write = {
  fits: (value) => Number.isFinite(value),
  // JSON has no word for these; AWS writes their names.
  convert: (value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
};

/** Whole ones are written as AWS writes them, `0.0`: a client whose language tells integers apart reads a float. */
const fraction: Write = {
  fits: (value) => Number.isFinite(value) && !Number.isSafeInteger(value),
  convert: (value) => (Number.isSafeInteger(value) ? rawJson(`${Number(value)}.0`) : number.convert(value)),
};

/** A value that `JSON.stringify` writes as this text. */
const { rawJSON: rawJson } = JSON as typeof JSON & { rawJSON(this: void, text: string): unknown };

const asIs: Write = { fits: () => true, convert: (value) => value };

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

function structureWrite(members: ReadonlyMap<string, Write>): Write {
  return {
    fits(value) {
      if (!isObject(value)) return true;
      for (const name in value) {
        const write = members.get(name);
        if (write === undefined) return false;
        const entry = value[name];
        if (entry === undefined) continue;
        if (entry === null || (write !== asIs && !write.fits(entry))) return false;
      }
      return true;
    },
    convert(value) {
      if (!isObject(value)) return value;
      const result: Record<string, unknown> = {};
      for (const name of Object.keys(value)) {
        const entry = value[name];
        const write = members.get(name);
        if (write !== undefined && entry !== undefined && entry !== null) result[name] = write.convert(entry);
      }
      return result;
    },
  };
}

function mapWrite(write: Write, sparse: boolean): Write {
  return {
    fits(value) {
      if (!isObject(value)) return true;
      for (const name in value) {
        const entry = value[name];
        if (entry === null ? !sparse : entry !== undefined && !write.fits(entry)) return false;
      }
      return true;
    },
    convert(value) {
      if (!isObject(value)) return value;
      const result: Record<string, unknown> = {};
      for (const name of Object.keys(value)) {
        const entry = value[name];
        if (entry === null && sparse) assign(result, name, null);
        else if (entry !== undefined && entry !== null) assign(result, name, write.convert(entry));
      }
      return result;
    },
  };
}

function listWrite(write: Write): Write {
  return {
    fits(value) {
      if (!Array.isArray(value)) return true;
      for (let i = 0; i < value.length; i++) if (!write.fits(value[i])) return false;
      return true;
    },
    convert: (value) => (Array.isArray(value) ? value.map((entry) => write.convert(entry)) : value),
  };
}
