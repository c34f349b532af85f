import type { RoadsteadView } from '#store';
import { invalidParameterValue } from './errors.ts';
import type { Kind, Tagged } from './resources/kind.ts';

/** A filter of a request: any of its values must fit. */
export interface Filter {
  readonly Name?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}

type Test<R> = (record: R, view: RoadsteadView) => boolean;

/**
 * What all filters together let through. Values may have `*` (any text) and `?` (one character), a backslash before
 * them takes that away. InvalidParameterValue for a filter that the kind does not have.
 */
export function filterTest<R extends Tagged>(
  kind: Pick<Kind<R>, 'filters'>,
  filters: readonly Filter[] | undefined,
): Test<R> {
  const tests = (filters ?? []).map((filter) => testOf(kind, filter));
  return (record, view) => tests.every((test) => test(record, view));
}

function testOf<R extends Tagged>(kind: Pick<Kind<R>, 'filters'>, { Name: name = '', Values }: Filter): Test<R> {
  if (name === '') throw invalidParameterValue('The filter is invalid: it has no name.');
  if (Values === undefined || Values.length === 0) {
    throw invalidParameterValue(`The filter '${name}' is invalid: it has no values.`);
  }
  const matches = Values.map(valueTest);
  const any = (text: string): boolean => matches.some((match) => match(text));
  if (name === 'tag-key') return ({ tags = [] }) => tags.some(({ key }) => any(key));
  if (name === 'tag-value') return ({ tags = [] }) => tags.some(({ value }) => any(value));
  if (name.startsWith('tag:')) {
    const wanted = name.slice('tag:'.length);
    return ({ tags = [] }) => tags.some(({ key, value }) => key === wanted && any(value));
  }
  if (!Object.hasOwn(kind.filters, name)) throw invalidParameterValue(`The filter '${name}' is invalid`);
  const valuesOf = kind.filters[name];
  return (record, view) => [valuesOf?.(record, view)].flat().some((value) => value !== undefined && any(String(value)));
}

/** Whether a text is the value, which may have wildcards. */
export function valueTest(value: string): (text: string) => boolean {
  if (!/[*?\\]/.test(value)) return (text) => text === value;
  let pattern = '';
  for (let at = 0; at < value.length; at++) {
    const char = value.charAt(at);
    if (char === '*') pattern += '[^]*';
    else if (char === '?') pattern += '[^]';
    else pattern += escaped(char === '\\' && at + 1 < value.length ? value.charAt(++at) : char);
  }
  const expression = new RegExp(`^${pattern}$`, 'u');
  return (text) => expression.test(text);
}

function escaped(char: string): string {
  return char.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
