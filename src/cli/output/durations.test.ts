import { expect, test } from 'vitest';
import { ageText, durationText, sizeText } from './durations.ts';

test.each([
  [40, '0.0s'],
  [440, '0.4s'],
  [9_960, '10s'],
  [59_400, '59s'],
  [59_600, '1m00s'],
  [62_000, '1m02s'],
  [3_599_900, '1h00m'],
  [3_900_000, '1h05m'],
])('%i ms is %s', (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text);
});

test.each([
  [-5, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [7_200_000, '2h'],
  [172_800_000, '2d'],
])('%i ms ago is %s', (ageMs, text) => {
  expect(ageText(ageMs)).toBe(text);
});

test('sizes are decimal', () => {
  expect([sizeText(512e6), sizeText(1.44e9)]).toEqual(['512 MB', '1.4 GB']);
});
