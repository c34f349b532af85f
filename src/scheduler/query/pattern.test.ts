import { describe, expect, test } from 'vitest';
import { compilePattern, PatternError } from './pattern.ts';

function matches(pattern: string, value: string): boolean {
  return compilePattern(pattern, { steps: 1000 }).matches(value);
}

const answers: readonly [string, string, boolean][] = [
  ['abc', 'abc', true],
  ['abc', 'xabc', false],
  ['abc', 'abcx', false],
  ['', '', true],
  ['', 'a', false],
  ['a.c', 'abc', true],
  ['a.c', 'a\nc', false],
  ['(?s)a.c', 'a\nc', true],
  ['a*', '', true],
  ['a*', 'aaaa', true],
  ['a+', '', false],
  ['a+?', 'aaa', true],
  ['a?b??', 'ab', true],
  ['a{2}', 'aa', true],
  ['a{2}', 'aaa', false],
  ['a{2,}', 'aaaaa', true],
  ['a{2,}', 'a', false],
  ['a{1,3}', 'aaa', true],
  ['a{1,3}', 'aaaa', false],
  ['a{0}', '', true],
  ['(ab|cd)+', 'abcdab', true],
  ['(ab|cd)+', 'abc', false],
  ['a|b|', '', true],
  ['a|b|c', 'c', true],
  ['(?:a|b)c', 'bc', true],
  ['(?<name>a)b', 'ab', true],
  ['()*', '', true],
  ['(a*)*b', 'aaab', true],
  ['(a|)+', 'aa', true],
  ['[abc]+', 'cab', true],
  ['[a-c1-3]+', 'b2', true],
  ['[^a-c]', 'b', false],
  ['[^a-c]', 'x', true],
  ['[]a]+', 'a]', true],
  ['[^]a]', ']', false],
  ['[a-]+', 'a-', true],
  ['[-a]+', '-a', true],
  ['[\\d.]+', '1.2', true],
  ['[\\]\\\\]+', ']\\', true],
  ['[a^$.*]+', '^$.*', true],
  ['\\d\\D\\w\\W\\s\\S', '1a_- x', true],
  ['\\D', '1', false],
  ['\\.\\*\\+', '.*+', true],
  ['\\t\\n\\r\\f\\a\\e', '\t\n\r\f\u0007\u001b', true],
  ['\\x41\\u0042', 'AB', true],
  ['\\p{Lower}\\p{Upper}\\p{Digit}\\p{Punct}', 'aA1-', true],
  ['\\p{ASCII}\\p{Alpha}\\p{Alnum}\\p{Graph}\\p{XDigit}', 'xx1!F', true],
  ['\\p{Print}\\p{Blank}\\p{Cntrl}\\p{Space}', ' \t\u0001\n', true],
  ['\\P{Alpha}', 'a', false],
  ['\\P{Alpha}', '1', true],
  ['\\p{Punct}', 'a', false],
  ['\\Qa.b*\\E+', 'a.b**', true],
  ['\\Qa.b', 'a.b', true],
  ['\\Qa.b', 'axb', false],
  ['x\\Q(\\E(y)', 'x(y', true],
  ['\\\\Q', '\\Q', true],
  ['^abc$', 'abc', true],
  ['a^b', 'ab', false],
  ['a$b', 'ab', false],
  ['\\Aabc\\z', 'abc', true],
  ['abc\\Z', 'abc', true],
  ['\\bab\\b-\\bc', 'ab-c', true],
  ['a\\bb', 'ab', false],
  ['a\\Bb', 'ab', true],
  ['(?i)PROD', 'prod', true],
  ['(?i)[a-c]+', 'ABC', true],
  ['(?i)[^a]', 'A', false],
  ['(?i)é', 'É', false],
  ['(?i:A)b', 'ab', true],
  ['(?i:A)b', 'aB', false],
  ['((?i)A)b', 'aB', false],
  ['(?i)a(?-i)b', 'AB', false],
  ['(?is-s)a.', 'A\n', false],
  ['.', '\u{1F600}', true],
  ['\u{1F600}+', '\u{1F600}\u{1F600}', true],
  ['[\u{1F600}-\u{1F64F}]', '\u{1F610}', true],
  ['\\\u{1F600}', '\u{1F600}', true],
  ['a}]b', 'a}]b', true],
  ['a&b', 'a&b', true],
  ['[a&b]+', '&', true],
];

test.each(answers)('%s on %j: %s', (pattern, value, expected) => {
  expect(matches(pattern, value)).toBe(expected);
});

const wrong: readonly [string, number, RegExp][] = [
  ['(a', 0, /parenthesis is never closed/],
  ['a)', 1, /parenthesis is never opened/],
  ['[a', 0, /bracket is never closed/],
  ['[', 0, /bracket is never closed/],
  ['x[]', 1, /bracket is never closed/],
  ['[a-', 0, /bracket is never closed/],
  ['[b-a]', 4, /range ends before/],
  ['[a-\\d]', 5, /range ends before/],
  ['[a[b]]', 2, /unions and intersections/],
  ['[a&&b]', 2, /unions and intersections/],
  ['*a', 0, /nothing to repeat/],
  ['a|+', 2, /nothing to repeat/],
  ['?', 0, /nothing to repeat/],
  ['a{2}{3}', 4, /nothing to repeat/],
  ['a**', 2, /nothing to repeat/],
  ['a{', 2, /a number is expected/],
  ['a{x}', 2, /a number is expected/],
  ['a{2', 3, /"}" is expected/],
  ['a{3,2}', 6, /ends before it begins/],
  ['a{1001}', 2, /goes up to 1000/],
  ['a{99999999999999999999}', 2, /goes up to 1000/],
  ['a++', 2, /possessive/],
  ['a{2}+', 4, /possessive/],
  ['(?=a)', 0, /lookahead/],
  ['(?!a)', 0, /lookahead/],
  ['(?>a)', 0, /atomic/],
  ['(?x)a', 0, /other flags/],
  ['b(?<=a)', 1, /lookbehind/],
  ['(?<!a)', 0, /lookbehind/],
  ['(a)\\1', 3, /escape "\\1" is not supported/],
  ['\\k<a>', 0, /escape "\\k" is not supported/],
  ['\\07', 0, /escape "\\0" is not supported/],
  ['\\', 1, /backslash ends/],
  ['[\\', 2, /backslash ends/],
  ['\\xg1', 2, /2 hexadecimal digits/],
  ['\\u12', 2, /4 hexadecimal digits/],
  ['\\p{L}', 0, /POSIX/],
  ['\\pL', 0, /POSIX/],
  ['\\E', 0, /escape "\\E"/],
  ['('.repeat(65), 65, /nested deeper/],
];

test.each(wrong)('refuses %s', (pattern, index, message) => {
  let thrown: unknown;
  try {
    compilePattern(pattern, { steps: 1000 });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(PatternError);
  expect((thrown as PatternError).message).toMatch(message);
  expect((thrown as PatternError).index).toBe(index);
});

describe('cost', () => {
  test('the budget is taken from, and never overdrawn', () => {
    const budget = { steps: 10 };
    compilePattern('abc', budget);
    expect(budget.steps).toBe(7);
    expect(() => compilePattern('a{8}', budget)).toThrow('the patterns are too large');
  });

  test.each(['((a{100}){100}){100}', '(((){1000}){1000}){1000}', '(?:a{0,1000}){1000}', '((a?){500}){500}'])(
    'a pattern that would grow without bound is refused: %s',
    (pattern) => {
      expect(() => compilePattern(pattern, { steps: 1000 })).toThrow('the patterns are too large');
    },
  );

  // A backtracking matcher would not come back from these.
  test.each(['(a+)+b', '(a|a)*b', '(a*)*b', '(.*a){20}b', '(a|aa)+$b', '((a?){20})(a{20})b'])(
    'a hostile pattern is matched in linear time: %s',
    (pattern) => {
      expect(matches(pattern, 'a'.repeat(255))).toBe(false);
    },
  );
});
