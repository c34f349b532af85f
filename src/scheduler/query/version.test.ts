import { expect, test } from 'vitest';
import { compareVersions, parseVersion } from './version.ts';

test.each([
  ['1.14.5', [1, 14, 5]],
  ['v1.14', [1, 14]],
  ['7', [7]],
  ['1.89.0-rc1', [1, 89, 0]],
  ['1.89.0+dev', [1, 89, 0]],
  ['', undefined],
  ['1.', undefined],
  ['1..2', undefined],
  ['latest', undefined],
  ['1.2x', undefined],
])('%s', (text, numbers) => {
  expect(parseVersion(text)).toEqual(numbers);
});

test.each([
  ['1.14.5', '1.14.5', 0],
  ['1.14', '1.14.0', 0],
  ['1.9.0', '1.14.0', -1],
  ['2', '1.99.99', 1],
  ['1.14.5', '1.14', 1],
])('%s to %s', (left, right, sign) => {
  expect(Math.sign(compareVersions(parseVersion(left) ?? [], parseVersion(right) ?? []))).toBe(sign);
});
