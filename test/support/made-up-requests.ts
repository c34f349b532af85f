import * as fc from 'fast-check';
import type { loadModel } from '#wire/aws';
import type { ApiHarness } from './api-harness.ts';

type Operation = NonNullable<
  ReturnType<NonNullable<ReturnType<ReturnType<typeof loadModel>['services']['get']>>['operations']['get']>
>;
export type InputShape = NonNullable<Operation['input']>;
type Member = InputShape extends { members: ReadonlyMap<string, infer M> } ? M : never;

/** What made-up requests are filled with. */
export interface Fillings {
  readonly texts: fc.Arbitrary<string>;
  /** Texts that are right, by the names of the members that want them. */
  readonly named?: ReadonlyMap<string, readonly string[]>;
  /** Members that are left out. */
  readonly without?: ReadonlySet<string>;
}

const numbers = fc.constantFrom(-1, 0, 1, 2, 10, 11, 100, 101, 65_536, 2_147_483_647, 1.5);

/** A request of the shape: what it requires, now and then the rest, with values that are mostly wrong somewhere. */
export function madeUp(shape: InputShape, fillings: Fillings, depth = 4): fc.Arbitrary<Record<string, unknown>> {
  const wanted = [...shape.members].filter(([name]) => fillings.without?.has(name) !== true);
  const members = Object.fromEntries(wanted.map(([name, member]) => [name, valueOf(name, member, fillings, depth)]));
  return fc.record(members, { requiredKeys: wanted.filter(([, { required }]) => required).map(([name]) => name) });
}

function valueOf(name: string, member: Member, fillings: Fillings, depth: number): fc.Arbitrary<unknown> {
  const { shape } = member;
  switch (shape.type) {
    case 'string':
      return textOf(name, member, fillings);
    case 'number':
      return numbers;
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
      return fc.constant(1_800_000_000);
    case 'blob':
    case 'document':
      return fc.constant('AA==');
    case 'list': {
      const item =
        depth <= 0 ? fc.constant(undefined) : valueOf(name, itemOf(member, shape.member), fillings, depth - 1);
      return fc.oneof(
        { arbitrary: fc.array(item, { maxLength: 3 }), weight: 6 },
        { arbitrary: item.map((one) => Array.from({ length: 101 }, () => one)), weight: 1 },
      );
    }
    case 'map':
      return fc.dictionary(fillings.texts, fillings.texts, { maxKeys: 2 });
    case 'structure':
    case 'union':
    default:
      return depth <= 0 ? fc.constant({}) : madeUp(shape, fillings, depth - 1);
  }
}

function textOf(name: string, { constraint }: Member, { texts, named }: Fillings): fc.Arbitrary<string> {
  const right = [...(constraint?.enum ?? named?.get(name) ?? [])];
  if (right.length === 0) return texts;
  return fc.oneof({ arbitrary: fc.constantFrom(...right), weight: 4 }, texts);
}

/** The items of a list that is constrained as a whole. */
function itemOf(list: Member, item: Member): Member {
  return item.constraint === undefined ? { ...item, constraint: list.constraint?.member } : item;
}

/** Every record of every table, as text. */
export function everythingIn({ store }: Pick<ApiHarness, 'store'>): string {
  const view = store.view as unknown as Record<string, { all?: () => Iterable<unknown> } | number>;
  const tables = Object.keys(store.view).flatMap((name) => {
    const table = view[name];
    return typeof table === 'object' && table.all !== undefined ? [[name, [...table.all()]]] : [];
  });
  return JSON.stringify(tables);
}
