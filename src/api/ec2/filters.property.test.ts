import fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueTest } from './filters.ts';

const few = fc.constantFrom('a', 'b', '*', '?', '\\', '😀');

/** The same by trying everything; for short values. */
function fits(value: readonly string[], text: readonly string[]): boolean {
  const [sign, ...rest] = value;
  if (sign === undefined) return text.length === 0;
  if (sign === '*') return fits(rest, text) || (text.length > 0 && fits(value, text.slice(1)));
  const [char, ...left] = text;
  if (char === undefined) return false;
  if (sign === '?') return fits(rest, left);
  if (sign === '\\' && rest.length > 0) return rest[0] === char && fits(rest.slice(1), left);
  return sign === char && fits(rest, left);
}

test('wildcards fit what trying everything says', () => {
  fc.assert(
    fc.property(fc.array(few, { maxLength: 8 }), fc.array(few, { maxLength: 8 }), (value, text) => {
      expect(valueTest(value.join(''))(text.join(''))).toBe(fits(value, text));
    }),
    { numRuns: 2_000 },
  );
});

test('many wildcards over a text that almost fits take no time to speak of', () => {
  // As a regular expression this would not end.
  expect(valueTest(`${'*a'.repeat(100)}*b`)('a'.repeat(255))).toBe(false);
  expect(valueTest(`${'*a'.repeat(100)}*`)('a'.repeat(255))).toBe(true);
});
