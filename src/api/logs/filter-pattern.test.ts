import { describe, expect, it } from 'vitest';
import { parseFilterPattern } from './filter-pattern.ts';

const messages = [
  '[ERROR 400] BAD REQUEST',
  '[ERROR 401] UNAUTHORIZED REQUEST',
  '[ERROR 419] MISSING ARGUMENTS',
  '[INFO] ERRORS: none',
  'say "hi" \\ there',
];

function matching(pattern: string): number[] {
  const test = parseFilterPattern(pattern);
  return messages.flatMap((message, index) => (test === undefined || test(message) ? [index] : []));
}

describe('filter patterns', () => {
  it.each([
    ['', [0, 1, 2, 3, 4]],
    ['   ', [0, 1, 2, 3, 4]],
    ['ERROR', [0, 1, 2]],
    ['error', []],
    ['ERROR ARGUMENTS', [2]],
    ['?BAD ?MISSING', [0, 2]],
    ['ERROR -REQUEST', [2]],
    ['-ERROR', [3, 4]],
    ['"BAD REQUEST"', [0]],
    ['"ERROR 4"', []],
    ['"[ERROR 40"', []],
    ['"[ERROR"', [0, 1, 2]],
    ['?"BAD REQUEST" ?INFO', [0, 3]],
    ['-"BAD REQUEST" ERROR', [1, 2]],
    ['?INFO ERROR', [0, 1, 2]],
    ['?INFO -ERROR', [3, 4]],
    ['"\\"hi\\""', [4]],
    ['"\\\\"', [4]],
    ['""', [0, 1, 2, 3, 4]],
    ['BAD"REQUEST"', [0]],
  ])('%s', (pattern, expected) => {
    expect(matching(pattern)).toEqual(expected);
  });

  it.each([
    ['%[45]0\\d%', /has no regular expressions %…%/],
    ['ERROR %x%', /has no regular expressions/],
    ['{ $.level = "error" }', /has no JSON patterns/],
    ['[ip, user, status=404]', /has no space-delimited patterns/],
    ['"open', /quotation mark at character 1 is not closed/],
    ['a.b', /put "a\.b" in quotation marks/],
    ['?', /a term is missing/],
    ['- x', /a term is missing/],
  ])('%s is refused', (pattern, message) => {
    expect(() => parseFilterPattern(pattern)).toThrow(message);
  });
});
