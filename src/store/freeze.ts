import { AssertionFailure } from '#base';

/**
 * Freezes a record and all it holds, and makes sure that it is plain data, which the journal gives back as it was:
 * objects, arrays, text, booleans and finite numbers. Throws AssertionFailure naming the path of anything else.
 * What is frozen already was checked when it was frozen, so a changed copy costs only what is new in it.
 */
export function freezeRecord<R extends object>(record: R, path: string): R {
  if (!Object.isFrozen(record)) freezeObject(record, path);
  return record;
}

function freezeObject(value: object, path: string): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) freezeValue(value[i], path, i, true);
  } else {
    if (prototype !== Object.prototype && prototype !== null) throw notPlain(path, value.constructor.name);
    const fields = value as Readonly<Record<string, unknown>>;
    for (const field of Object.keys(fields)) freezeValue(fields[field], path, field, false);
  }
  Object.freeze(value);
}

function freezeValue(value: unknown, path: string, field: string | number, inArray: boolean): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value)) throw notPlain(`${path}.${field}`, String(value));
      return;
    case 'undefined':
      if (inArray) throw notPlain(`${path}.${field}`, 'undefined');
      return;
    case 'object':
      if (value !== null) freezeRecord(value, `${path}.${field}`);
      return;
    case 'bigint':
    case 'function':
    case 'symbol':
      throw notPlain(`${path}.${field}`, typeof value);
    default:
      throw notPlain(`${path}.${field}`, 'unknown');
  }
}

function notPlain(path: string, what: string): AssertionFailure {
  return new AssertionFailure(`${path} is no plain data: ${what}`);
}
