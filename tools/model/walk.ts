import type { MemberEntry, OperationEntry, ShapeEntry, Target, TraitsEntry } from '#wire/aws';

/**
 * Walks the schema tuples that an official client exports (`RunTask$`, `ClusterNotFoundException$`): a tuple is
 * `[kind, namespace, name, traits, …]` as `@smithy/types` declares it in `schema/static-schemas`. A reference is a
 * tuple, a function that gives one, the number of an unnamed simple shape, or the pair `[reference, traits]`.
 */
export interface WalkedModel {
  readonly operations: Readonly<Record<string, OperationEntry>>;
  readonly shapes: Readonly<Record<string, ShapeEntry>>;
}

const kinds = { operation: 9, structure: 3, error: -3, union: 4, list: 1, map: 2, simple: 0 } as const;

type Tuple = readonly [kind: number, namespace: string, name: string, traits: TraitsEntry, ...rest: unknown[]];

/** Every operation a client module exports with all the shapes it needs, and every exported error. */
export function walkModule(module: Readonly<Record<string, unknown>>): WalkedModel {
  const walker = new Walker();
  const exported = Object.entries(module)
    .filter(([name, value]) => name.endsWith('$') && isTuple(value))
    .map(([, value]) => value as Tuple)
    .sort((a, b) => (a[2] < b[2] ? -1 : 1));
  for (const tuple of exported) {
    if (tuple[0] === kinds.operation) walker.operation(tuple);
    // The base class of a service's errors is exported too, in a namespace of the client's own making.
    if (tuple[0] === kinds.error && !tuple[1].startsWith('smithy.ts.sdk.synthetic')) walker.shape(tuple);
  }
  return { operations: walker.operations, shapes: sorted(walker.shapes) };
}

class Walker {
  readonly operations: Record<string, OperationEntry> = {};
  readonly shapes: Record<string, ShapeEntry> = {};
  readonly #tuples = new Map<string, Tuple>();

  operation(tuple: Tuple): void {
    const [, , name, traits, input, output] = tuple;
    const inputName = this.#structure(input);
    const outputName = this.#structure(output);
    this.operations[name] = {
      ...withTraits(traits),
      ...(inputName === undefined ? {} : { input: inputName }),
      ...(outputName === undefined ? {} : { output: outputName }),
    };
  }

  /** The shape's name; walks it when it is new. */
  shape(tuple: Tuple): string {
    const name = tuple[2];
    const known = this.#tuples.get(name);
    if (known !== undefined) {
      if (known[1] !== tuple[1]) throw new Error(`two shapes are called ${name}: in ${known[1]} and in ${tuple[1]}`);
      return name;
    }
    this.#tuples.set(name, tuple);
    this.shapes[name] = this.#entry(tuple);
    return name;
  }

  /** `undefined` for smithy's unit type: nothing taken or nothing answered. */
  #structure(reference: unknown): string | undefined {
    const target = typeof reference === 'function' ? (reference as () => unknown)() : reference;
    if (isTuple(target)) return this.shape(target);
    if (target === 'unit') return undefined;
    throw new Error(`no structure: ${String(target)}`);
  }

  #entry(tuple: Tuple): ShapeEntry {
    const [kind, , name, traits, first, second, third] = tuple;
    switch (kind) {
      case kinds.structure:
      case kinds.error:
      case kinds.union: {
        const names = first as readonly string[];
        const references = second as readonly unknown[];
        const required = typeof third === 'number' && third > 0 ? { required: third } : {};
        const members = Object.fromEntries(names.map((member, i) => [member, this.#member(references[i])]));
        const label = kind === kinds.structure ? 'structure' : kind === kinds.error ? 'error' : 'union';
        return { kind: label, ...withTraits(traits), ...required, members };
      }
      case kinds.list:
        return { kind: 'list', ...withTraits(traits), member: this.#member(first) };
      case kinds.map:
        return { kind: 'map', ...withTraits(traits), key: this.#member(first), value: this.#member(second) };
      case kinds.simple:
        return { kind: 'simple', ...withTraits(traits), target: first as number };
      default:
        throw new Error(`${name}: unknown kind of schema ${kind}`);
    }
  }

  #member(reference: unknown): MemberEntry {
    if (Array.isArray(reference) && !isTuple(reference)) {
      const [target, traits] = reference as [unknown, TraitsEntry];
      return traits === 0 ? this.#target(target) : { target: this.#target(target), traits };
    }
    return this.#target(reference);
  }

  #target(reference: unknown): Target {
    const target = typeof reference === 'function' ? (reference as () => unknown)() : reference;
    if (typeof target === 'number') return target;
    if (isTuple(target)) return this.shape(target);
    // A member that holds nothing (in unions) is an empty structure on the wire.
    if (target === 'unit') {
      this.shapes.Unit = { kind: 'structure', members: {} };
      return 'Unit';
    }
    throw new Error(`no schema: ${String(target)}`);
  }
}

function isTuple(value: unknown): value is Tuple {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'string' && value.length >= 5;
}

function withTraits(traits: TraitsEntry): { traits?: TraitsEntry } {
  return traits === 0 ? {} : { traits };
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
