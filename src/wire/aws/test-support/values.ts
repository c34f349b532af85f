import * as fc from 'fast-check';
import { unreachable } from '#base';
import type { Constraint, Member, Shape, StructureShape } from '../shape.ts';

/** Timestamps of neutral values: told from plain numbers by their class, so that each side can have its own form. */
export class Time {
  readonly epochMs: number;
  constructor(epochMs: number) {
    this.epochMs = epochMs;
  }
}

export interface ValueOptions {
  /** Only text that XML can carry, and that no parser trims. */
  readonly xml?: boolean;
  /** Lists have at least so many entries. */
  readonly minLength?: number;
  /** Members the client does not know. */
  readonly unknown?: (shape: StructureShape, member: Member) => boolean;
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => value.isWellFormed() && value !== '__proto__'),
  fc.constantFrom('', 'a', '日本', '"\\'),
);

const xmlText = fc.oneof(
  fc
    .string({ unit: 'binary', maxLength: 12 })
    .map((value) => value.replaceAll(/\P{L}/gu, '').concat('.'))
    .filter((value) => value.isWellFormed()),
  fc.constantFrom('a b', '<&>"\'', '日本', 'a=1&b=2+3%20', 'x\ny', '12', 'true', '1.0'),
);

// Beyond the safe integers the client turns to BigInt.
const numbers = fc.double({ noNaN: true, min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }).map((value) => value + 0);

const json = fc.oneof(anyText, fc.integer(), fc.boolean());

const labels = (shape: Shape): fc.Arbitrary<unknown> =>
  shape.type === 'number' ? fc.nat() : fc.constantFrom('Z1', 'a b', 'é', 'a/b%2F', '~*()');

/** Random values of shapes: with their constraints' enums and kinds of number, without their patterns and lengths. */
export class Values {
  readonly #options: ValueOptions;
  readonly #text: fc.Arbitrary<string>;

  constructor(options: ValueOptions = {}) {
    this.#options = options;
    this.#text = options.xml === true ? xmlText : anyText;
  }

  structure(shape: StructureShape | undefined, depth = 0): fc.Arbitrary<Record<string, unknown>> {
    const { unknown } = this.#options;
    const members = [...(shape?.members.values() ?? [])].filter(
      (member) => (member.required || depth < 8) && (shape === undefined || unknown?.(shape, member) !== true),
    );
    const record = Object.fromEntries(members.map((member) => [member.name, this.#member(member, depth)]));
    const requiredKeys = members.filter((member) => member.required).map((member) => member.name);
    return fc.record(record, { requiredKeys });
  }

  #member(member: Member, depth: number): fc.Arbitrary<unknown> {
    // A dot alone is no part of a path.
    if (member.traits.httpLabel !== undefined && member.constraint?.enum === undefined) return labels(member.shape);
    return this.#value(member.shape, member.constraint, depth);
  }

  #value(shape: Shape, constraint: Constraint | undefined, depth: number): fc.Arbitrary<unknown> {
    switch (shape.type) {
      case 'string':
        return constraint?.enum === undefined ? this.#text : fc.constantFrom(...constraint.enum);
      case 'number':
        if (constraint?.number === 'integer') return fc.integer();
        return constraint?.number === 'long' ? fc.maxSafeInteger() : numbers;
      case 'boolean':
        return fc.boolean();
      case 'timestamp':
        return fc.integer({ min: 0, max: 4_102_444_800_000 }).map((ms) => new Time(ms));
      case 'blob':
        return fc.uint8Array({ maxLength: 8 });
      case 'document':
        return fc.oneof(json, fc.array(json), fc.dictionary(fc.string({ maxLength: 4 }).filter(isNoProto), json));
      case 'list':
        return fc.array(this.#value(shape.member.shape, constraint?.member, depth + 1), {
          minLength: this.#options.minLength ?? 0,
          maxLength: 3,
        });
      case 'map':
        return fc.dictionary(this.#text, this.#value(shape.value.shape, constraint?.value, depth + 1), { maxKeys: 3 });
      case 'structure':
        return this.structure(shape, depth + 1);
      case 'union': {
        const all = [...shape.members.values()];
        // A union may hold itself, at once or in a list.
        const leaves = all.filter((inner) => inner.shape !== shape && inner.shape.type !== 'list');
        const members = depth < 4 || leaves.length === 0 ? all : leaves;
        return fc.oneof(...members.map((inner) => fc.record({ [inner.name]: this.#member(inner, depth + 1) })));
      }
      default:
        return unreachable(shape);
    }
  }
}

function isNoProto(value: string): boolean {
  return value.isWellFormed() && value !== '__proto__';
}

/** A neutral value with its timestamps in the form one side uses. */
export function withTimes(value: unknown, form: (time: Time) => unknown): unknown {
  if (value instanceof Time) return form(value);
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => withTimes(entry, form));
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withTimes(entry, form)]));
}

/** What a form cannot say is as if it were not there: structures without members and, in EC2, empty lists. */
export function sayable(value: unknown, lists: boolean): unknown {
  if (Array.isArray(value)) {
    const entries = value.map((entry) => sayable(entry, lists)).filter((entry) => entry !== undefined);
    return entries.length === 0 && !(lists && value.length === 0) ? undefined : entries;
  }
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .map(([name, entry]) => [name, sayable(entry, lists)] as const)
    .filter(([, entry]) => entry !== undefined);
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
