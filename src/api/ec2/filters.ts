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

/** A character of a value, or `undefined` for any one. */
type Sign = string | undefined;

/**
 * Whether a text is the value, which may have wildcards. Not by a regular expression: with a few `*` that takes minutes
 * over a text that almost fits.
 */
export function valueTest(value: string): (text: string) => boolean {
  if (!/[*?\\]/.test(value)) return (text) => text === value;
  const [first = [], ...rest] = piecesOf(value);
  const last = rest.pop();
  return (text) => {
    const signs = Array.from(text);
    if (!fitsAt(signs, first, 0)) return false;
    if (last === undefined) return signs.length === first.length;
    // The leftmost place of a piece leaves the most to those that follow.
    let at = first.length;
    for (const piece of rest) {
      while (at + piece.length <= signs.length && !fitsAt(signs, piece, at)) at++;
      at += piece.length;
    }
    const end = signs.length - last.length;
    return end >= at && fitsAt(signs, last, end);
  };
}

/** What stands between the `*`. */
function piecesOf(value: string): readonly (readonly Sign[])[] {
  const pieces: Sign[][] = [[]];
  const signs = Array.from(value);
  for (let at = 0; at < signs.length; at++) {
    const sign = signs[at];
    if (sign === '*') pieces.push([]);
    else if (sign === '?') pieces.at(-1)?.push(undefined);
    else pieces.at(-1)?.push(sign === '\\' && at + 1 < signs.length ? signs[++at] : sign);
  }
  return pieces;
}

function fitsAt(signs: readonly string[], piece: readonly Sign[], at: number): boolean {
  return (
    at + piece.length <= signs.length && piece.every((sign, index) => sign === undefined || sign === signs[at + index])
  );
}
