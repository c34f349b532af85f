import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInZone, parseName, sortKey } from './names.ts';

describe('names of DNS', () => {
  it.each([
    ['Example.COM', 'example.com.'],
    ['example.com.', 'example.com.'],
    ['*.example.com', '\\052.example.com.'],
    ['\\052.example.com', '\\052.example.com.'],
    ['_dmarc.a-b.c1', '_dmarc.a-b.c1.'],
    ['a b.c', 'a\\040b.c.'],
    ['ü.c', '\\303\\274.c.'],
    ['\\101.c', 'a.c.'],
  ])('%s is %s', (text, name) => {
    expect(parseName(text)).toEqual({ name });
  });

  it.each([
    ['', 'DomainLabelEmpty'],
    ['a..b', 'DomainLabelEmpty'],
    [`${'a'.repeat(64)}.b`, 'DomainLabelTooLong'],
    [`${'a.'.repeat(200)}b`, 'DomainNameTooLong'],
    ['\\9.b', 'DomainLabelMalformed'],
  ])('%s is none', (text, problem) => {
    expect(parseName(text)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it('is the same once it has been brought to its form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        const parsed = parseName(text);
        if ('name' in parsed) expect(parseName(parsed.name)).toEqual(parsed);
      }),
    );
  });

  it('is in its zone, or not', () => {
    expect(isInZone('a.b.', 'b.')).toBe(true);
    expect(isInZone('b.', 'b.')).toBe(true);
    expect(isInZone('ab.', 'b.')).toBe(false);
  });

  it('is ordered from the last label to the first', () => {
    const names = ['b.example.com.', 'example.com.', 'a.example.com.', 'x.b.example.com.', 'example.org.', 'z.a.'];
    expect(names.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))).toEqual([
      'z.a.',
      'example.com.',
      'a.example.com.',
      'b.example.com.',
      'x.b.example.com.',
      'example.org.',
    ]);
  });
});
