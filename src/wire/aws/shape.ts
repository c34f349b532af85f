import { assert, unreachable } from '#base';
import type {
  ConstraintEntry,
  ConstraintsSnapshot,
  MemberEntry,
  ShapeEntry,
  StructureEntry,
  Target,
  TraitsEntry,
} from './snapshot.ts';

/**
 * The shape graph of a service, built once from its snapshot: what readers and writers are compiled from. Named
 * structures and unions are one object each however often they are referred to, so a graph may be cyclic.
 */
export type Shape = SimpleShape | TimestampShape | ListShape | MapShape | StructureShape;

export interface SimpleShape {
  readonly type: 'string' | 'number' | 'boolean' | 'blob' | 'document';
}

export interface TimestampShape {
  readonly type: 'timestamp';
  /** `default` is the protocol's own choice. */
  readonly format: TimestampFormat;
}

export type TimestampFormat = 'default' | 'date-time' | 'http-date' | 'epoch-seconds';

export interface ListShape {
  readonly type: 'list';
  readonly member: Member;
  readonly sparse: boolean;
  readonly traits: Traits;
}

export interface MapShape {
  readonly type: 'map';
  readonly key: Member;
  readonly value: Member;
  readonly sparse: boolean;
  readonly traits: Traits;
}

export interface StructureShape {
  readonly type: 'structure' | 'union';
  readonly name: string;
  readonly members: ReadonlyMap<string, Member>;
  readonly traits: Traits;
}

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly sensitive: boolean;
  readonly constraint: Constraint | undefined;
  /** The member's own traits by Smithy name (`httpQuery`, `xmlName`, …), laid over those of its target. */
  readonly traits: Traits;
}

export type Traits = Readonly<Record<string, unknown>>;

/** A constraint ready to be checked. */
export interface Constraint {
  readonly enum: ReadonlySet<string> | undefined;
  readonly pattern: RegExp | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly number: ConstraintEntry['number'];
  readonly member: Constraint | undefined;
  readonly key: Constraint | undefined;
  readonly value: Constraint | undefined;
}

/** The names of the bits in a trait vector, lowest first, as `@smithy/types` numbers them. */
const traitBits = [
  'httpLabel',
  'idempotent',
  'idempotencyToken',
  'sensitive',
  'httpPayload',
  'httpResponseCode',
  'httpQueryParams',
] as const;

/** Traits by name, whichever way they were written. */
export function traitsOf(entry: TraitsEntry | undefined): Traits {
  if (entry === undefined) return {};
  if (typeof entry !== 'number') return entry;
  return Object.fromEntries(traitBits.filter((_, bit) => (entry & (1 << bit)) !== 0).map((name) => [name, 1]));
}

/** Resolves the entries of one snapshot to shapes, each built once. */
export class ShapeGraph {
  readonly #entries: Readonly<Record<string, ShapeEntry>>;
  readonly #constraints: ConstraintsSnapshot | undefined;
  readonly #enums = new Map<string, ReadonlySet<string>>();
  readonly #built = new Map<string, { shape: Shape; traits: Traits }>();

  constructor(entries: Readonly<Record<string, ShapeEntry>>, constraints?: ConstraintsSnapshot) {
    this.#entries = entries;
    this.#constraints = constraints;
  }

  structure(name: string): StructureShape {
    const { shape } = this.#named(name);
    assert(shape.type === 'structure' || shape.type === 'union', `${name} is no structure`);
    return shape;
  }

  #named(name: string): { shape: Shape; traits: Traits } {
    const known = this.#built.get(name);
    if (known !== undefined) return known;
    const entry = this.#entries[name];
    assert(entry !== undefined, `the snapshot has no shape ${name}`);
    const traits = traitsOf(entry.traits);
    if ('members' in entry) return this.#buildStructure(name, entry, traits);
    const built = { shape: this.#buildOther(entry, traits), traits };
    this.#built.set(name, built);
    return built;
  }

  #buildStructure(name: string, entry: StructureEntry, traits: Traits): { shape: Shape; traits: Traits } {
    const members = new Map<string, Member>();
    const shape: StructureShape = { type: entry.kind === 'union' ? 'union' : 'structure', name, members, traits };
    const built = { shape, traits };
    // Known before its members are looked at, so that a shape may contain itself.
    this.#built.set(name, built);
    const required = entry.required ?? 0;
    for (const [position, [memberName, member]] of Object.entries(entry.members).entries()) {
      const constraint = this.#constraint(this.#constraints?.members[`${name}.${memberName}`]);
      members.set(memberName, this.#member(memberName, member, position < required, constraint));
    }
    return built;
  }

  #buildOther(entry: Exclude<ShapeEntry, StructureEntry>, traits: Traits): Shape {
    const sparse = traits.sparse !== undefined;
    switch (entry.kind) {
      case 'list':
        return { type: 'list', member: this.#member('member', entry.member, false, undefined), sparse, traits };
      case 'map': {
        const key = this.#member('key', entry.key, false, undefined);
        return { type: 'map', key, value: this.#member('value', entry.value, false, undefined), sparse, traits };
      }
      case 'simple':
        return simpleShape(entry.target);
      default:
        return unreachable(entry);
    }
  }

  #member(name: string, entry: MemberEntry, required: boolean, constraint: Constraint | undefined): Member {
    const target: Target = typeof entry === 'object' ? entry.target : entry;
    const own = traitsOf(typeof entry === 'object' ? entry.traits : undefined);
    const resolved = typeof target === 'number' ? { shape: simpleShape(target), traits: {} } : this.#named(target);
    const traits = { ...resolved.traits, ...own };
    return { name, shape: resolved.shape, required, sensitive: traits.sensitive !== undefined, constraint, traits };
  }

  #constraint(entry: ConstraintEntry | undefined): Constraint | undefined {
    if (entry === undefined) return undefined;
    return {
      enum: entry.enum === undefined ? undefined : this.#enum(entry.enum),
      pattern: entry.pattern === undefined ? undefined : new RegExp(`^(?:${entry.pattern})$`, 'u'),
      min: entry.min,
      max: entry.max,
      number: entry.number,
      member: this.#constraint(entry.member),
      key: this.#constraint(entry.key),
      value: this.#constraint(entry.value),
    };
  }

  #enum(name: string): ReadonlySet<string> {
    const known = this.#enums.get(name);
    if (known !== undefined) return known;
    const values = this.#constraints?.enums[name];
    assert(values !== undefined, `the constraints have no enum ${name}`);
    const made = new Set(values);
    this.#enums.set(name, made);
    return made;
  }
}

const listBit = 64;
const mapBit = 128;

/** The shape behind a number of the client's schemas, as `@smithy/types` numbers them in `schema/sentinels`. */
function simpleShape(code: number): Shape {
  if ((code & mapBit) !== 0) {
    const value = plainMember('value', simpleShape(code & ~mapBit));
    return { type: 'map', key: plainMember('key', { type: 'string' }), value, sparse: false, traits: {} };
  }
  if ((code & listBit) !== 0) {
    return { type: 'list', member: plainMember('member', simpleShape(code & ~listBit)), sparse: false, traits: {} };
  }
  switch (code) {
    case 0:
      return { type: 'string' };
    case 1:
    case 17: // big integer
    case 19: // big decimal
      return { type: 'number' };
    case 2:
      return { type: 'boolean' };
    case 4:
      return { type: 'timestamp', format: 'default' };
    case 5:
      return { type: 'timestamp', format: 'date-time' };
    case 6:
      return { type: 'timestamp', format: 'http-date' };
    case 7:
      return { type: 'timestamp', format: 'epoch-seconds' };
    case 15:
      return { type: 'document' };
    case 21:
    case 42: // streaming
      return { type: 'blob' };
    default:
      throw new RangeError(`unknown simple shape ${code}`);
  }
}

function plainMember(name: string, shape: Shape): Member {
  return { name, shape, required: false, sensitive: false, constraint: undefined, traits: {} };
}
