import { AssertionFailure } from '#base';

/**
 * Freezes a record and all it holds, and makes sure that it is plain data, which the journal gives back as it was:
 * objects, arrays, text, booleans and finite numbers. Throws AssertionFailure naming the path of anything else.
 * What is frozen already was checked when it was frozen, so a changed copy costs only what is new in it.
 *
 * Parts of it that equal those of a frozen record `like` it are replaced by these, so that memory holds them once.
 */
export function freezeRecord<R extends object>(record: R, path: string, like?: object): R {
  if (!Object.isFrozen(record)) freezeObject(record, path, like);
  return record;
}

type Fields = Record<string, unknown>;

/** Gives whether the object equals `like`. */
function freezeObject(value: object, path: string, like: object | undefined): boolean {
  const isArray = Array.isArray(value);
  if (!isArray) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw notPlain(path, value.constructor.name);
  }
  const fields = value as Fields;
  const names = Object.keys(fields);
  let equal = like !== undefined && Array.isArray(like) === isArray && Object.keys(like).length === names.length;
  if (isArray && names.length !== value.length) throw notPlain(path, 'a list with holes');
  for (const name of names) {
    const part = fields[name];
    const same = like === undefined ? undefined : (like as Fields)[name];
    const kept = part === same && part !== undefined ? same : freezePart(part, same, path, name, isArray);
    if (kept !== part || (typeof kept === 'string' && same !== undefined)) fields[name] = kept;
    if (kept !== same) equal = false;
  }
  Object.freeze(value);
  return equal;
}

/** Gives what to keep in the part's place: the like one when they are equal. */
function freezePart(part: unknown, like: unknown, path: string, name: string, inArray: boolean): unknown {
  switch (typeof part) {
    case 'string':
    case 'boolean':
      return part;
    case 'number':
      if (!Number.isFinite(part)) throw notPlain(`${path}.${name}`, String(part));
      return part;
    case 'undefined':
      if (inArray) throw notPlain(`${path}.${name}`, 'undefined');
      return part;
    case 'object':
      if (part === null || Object.isFrozen(part)) return part;
      return freezeObject(part, `${path}.${name}`, plainObject(like)) ? like : part;
    case 'bigint':
    case 'function':
    case 'symbol':
      throw notPlain(`${path}.${name}`, typeof part);
    default:
      throw notPlain(`${path}.${name}`, 'unknown');
  }
}

/** The prototype is what reading a missing field named `__proto__` gives. */
function plainObject(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null && value !== Object.prototype ? value : undefined;
}

function notPlain(path: string, what: string): AssertionFailure {
  return new AssertionFailure(`${path} is no plain data: ${what}`);
}
