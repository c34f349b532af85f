import { unreachable } from '#base';
import { assign } from './record.ts';
import type { Shape, StructureShape } from './shape.ts';
import { formatTimestamp, isDate } from './timestamp.ts';

/**
 * From values to JSON text. Members the shape does not know and members that are `undefined` or `null` are left out;
 * timestamps may be Dates or epoch seconds; blobs become base64. Nothing is ever invented. A value that needs no
 * change goes to `JSON.stringify` as it is: big answers are bound by that, so the writers look first and copy seldom.
 */
export interface JsonWriter {
  /** `shape` is absent for an operation that answers nothing. */
  write(shape: StructureShape | undefined, value: unknown): string;
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
  return {
    write: (shape, value) => (shape === undefined ? '{}' : JSON.stringify(prepare(shape, value ?? {}))),
    prepare,
  };
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
    for (const member of shape.members.values()) members.set(member.name, this.#value(member.shape));
    return made;
  }

  #value(shape: Shape): Write {
    switch (shape.type) {
      case 'structure':
      case 'union':
        return this.structure(shape);
      case 'list': {
        const write = this.#value(shape.member.shape);
        return write === asIs ? asIs : listWrite(write);
      }
      case 'map':
        return mapWrite(this.#value(shape.value.shape), shape.sparse);
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
        return {
          fits: (value) => Number.isFinite(value),
          // JSON has no word for these; AWS writes their names.
          convert: (value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
        };
      case 'string':
      case 'boolean':
      case 'document':
        return asIs;
      default:
        return unreachable(shape);
    }
  }
}

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
