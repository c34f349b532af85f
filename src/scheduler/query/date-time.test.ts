import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDateTime } from './date-time.ts';

test('agrees with the calendar on every day', () => {
  const days = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(days, (day) => {
      const seconds = Math.floor(day.getTime() / 1000);
      const text = new Date(seconds * 1000).toISOString().slice(0, 19);
      expect(parseDateTime(text)).toBe(seconds);
      expect(parseDateTime(`${text}Z`)).toBe(seconds);
      expect(parseDateTime(`${text}+01:30`)).toBe(seconds - 5400);
      expect(parseDateTime(text.slice(0, 10))).toBe(Math.floor(seconds / 86_400) * 86_400);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  '2018-06-18T22:28',
  '2018-06-18 22:28:28',
  '2018-6-18',
  '2018-13-01',
  '2018-00-01',
  '2018-04-31',
  '2018-06-00',
  '1900-02-29',
  '2018-06-18T24:00:00',
  '2018-06-18T00:60:00',
  '2018-06-18T00:00:60',
  '2018-06-18T00:00:00+24:00',
  '2018-06-18T00:00:00+00:60',
  '2018-06-18Z',
  '',
])('%s is none', (text) => {
  expect(parseDateTime(text)).toBeUndefined();
});

test.each(['2000-02-29', '2024-02-29', '2018-12-31'])('%s is one', (text) => {
  expect(parseDateTime(text)).toBe(Date.parse(text) / 1000);
});
