import { invalidInput } from './errors.ts';

interface Filter {
  readonly Name?: string | undefined;
  readonly Values?: readonly string[] | undefined;
  readonly Condition?: string | undefined;
}

type Condition = 'EQ' | 'IN' | 'BETWEEN' | 'BEGINS_WITH';

/** What one filter compares, and how it may: EQ always. `number`: BETWEEN compares instants, epoch seconds. */
export interface FilterField<R> {
  readonly conditions?: readonly Condition[];
  readonly of: (record: R) => string | number | undefined;
}

/**
 * A record must meet every filter. InvalidInput for a condition that the field does not have, and for the wrong number
 * of values. Source: NamespaceFilter, ServiceFilter and OperationFilter in the API reference.
 */
export function filterOf<R>(
  filters: readonly Filter[] | undefined,
  fields: Readonly<Record<string, FilterField<R>>>,
): (record: R) => boolean {
  const tests = (filters ?? []).map((filter) => testOf(filter, fields));
  return (record) => tests.every((test) => test(record));
}

function testOf<R>(filter: Filter, fields: Readonly<Record<string, FilterField<R>>>): (record: R) => boolean {
  const { Name: name = '', Values: values = [], Condition: condition = 'EQ' } = filter;
  const field = fields[name];
  if (field === undefined) throw invalidInput(`The filter ${name} is not valid here.`);
  const allowed: readonly string[] = ['EQ', ...(field.conditions ?? [])];
  if (!allowed.includes(condition))
    throw invalidInput(`The condition ${condition} is not valid for the filter ${name}.`);
  const [first, second] = values;
  if (condition === 'BETWEEN') {
    if (values.length !== 2) throw invalidInput(`The filter ${name} with BETWEEN takes two values.`);
    const [from, to] = [Number(first), Number(second)];
    return (record) => {
      const value = Number(field.of(record));
      return value >= from && value <= to;
    };
  }
  if (values.length === 0) throw invalidInput(`The filter ${name} has no value.`);
  if (condition === 'IN') return (record) => values.includes(String(field.of(record)));
  if (values.length > 1) throw invalidInput(`The filter ${name} with ${condition} takes one value.`);
  const wanted = first ?? '';
  if (condition === 'BEGINS_WITH') return (record) => String(field.of(record)).startsWith(wanted);
  return (record) => field.of(record) === wanted;
}

/** There are no shared namespaces: all that is found is the caller's own. */
export const resourceOwner = { of: () => 'SELF' } as const;
