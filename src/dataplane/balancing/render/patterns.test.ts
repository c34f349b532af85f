import { expect, test } from 'vitest';
import { escapedWildcardRegex, wildcardMatch } from './patterns.ts';

test.each([
  ['/exact', { method: 'str', pattern: '/exact' }],
  ['/img/*', { method: 'beg', pattern: '/img/' }],
  ['*.example.com', { method: 'end', pattern: '.example.com' }],
  ['*', { method: 'beg', pattern: '' }],
  ['/a?c', { method: 'reg', pattern: '^/a.c$' }],
  ['*blue*', { method: 'reg', pattern: '^.*blue.*$' }],
  ['/a/*/b', { method: 'reg', pattern: '^/a/.*/b$' }],
])('%s', (pattern, expected) => {
  expect(wildcardMatch(pattern)).toEqual(expected);
});

test('in query strings a backslash takes the meaning from a wildcard', () => {
  const matches = (pattern: string, text: string): boolean =>
    new RegExp(`^${escapedWildcardRegex(pattern, '[^&]')}$`).test(text);
  expect(matches('a\\*b', 'a*b')).toBe(true);
  expect(matches('a\\*b', 'axb')).toBe(false);
  expect(matches('a*b', 'axxb')).toBe(true);
  expect(matches('a*b', 'ax&b')).toBe(false);
  expect(matches('a\\\\?', 'a\\x')).toBe(true);
  expect(matches('50\\', '50\\')).toBe(true);
});
